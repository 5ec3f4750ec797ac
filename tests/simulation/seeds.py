"""Seeds that once found a bug, played for ever; the bug stands beside each.

A seed means something only with the people and knobs it was drawn with. When they change, the bug
itself stays in `planted.py` and must still be found, and its smallest form in `test_found_bugs.py`.
"""

FOUND = (
    (3, "a conflict of another station's record was taken for our own"),
    (17, "another station's record under the same id confirmed ours, which was never sent"),
    (18, "the same, as the last record of the day"),
    (24, "an adjustment was taken back, and its reversal waited for a second person as it had"),
)

# Every CI run plays these; `make long` the longer list, which must reach every rare state; and a
# developer's machine plays any: packhouse simulate --seeds 1000
CI = tuple(range(25))
CHUNKS = tuple(CI[start::5] for start in range(5))
LONG = tuple(range(200))
LONG_CHUNKS = tuple(LONG[start::10] for start in range(10))
