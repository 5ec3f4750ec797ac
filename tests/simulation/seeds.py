"""Which seeds are played where, and those that once found a bug: the bug stands beside each.

A seed means something only with the people and knobs it was drawn with. When they change, the bug
itself stays in `planted.py` and must still be found, and its smallest form in `test_found_bugs.py`.
"""

# Played of each shift where seeds are many: half of what a seed costs is its morning and its end.
SHORT_S = 40
# Seed, seconds of the shift (0: as usual), bug.
FOUND = (
    (3, 0, "a conflict of another station's record was taken for our own"),
    (17, 0, "another station's record under the same id confirmed ours, which was never sent"),
    (18, 0, "the same, as the last record of the day"),
    (24, 0, "an adjustment was taken back, and its reversal waited for a second person as it had"),
    (158, 0, "who had lost an epoch was thought to have signed what they asked for in it"),
    (39, SHORT_S, "a late answer that a request waits took back what the feed had told"),
)

# Two hundred short ones in every `make test`; in `make long` two hundred whole ones, which must
# reach every rare state. A developer's machine plays any: packhouse simulate --seeds 1000
CI = tuple(range(200))
CHUNKS = tuple(CI[start::20] for start in range(20))
LONG = tuple(range(200))
LONG_CHUNKS = tuple(LONG[start::10] for start in range(10))
