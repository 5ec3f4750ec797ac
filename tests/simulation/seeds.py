"""Seeds that once found a bug, played for ever; the bug stands beside each.

A seed means something only with the knobs it was drawn with. When the knobs change, the bug itself
stays in `planted.py` and must still be found.
"""

FOUND = (
    (10, "a conflict of another station's record was taken for our own"),
    (
        17,
        "another station's record under the same id confirmed ours, which never reached the ledger",
    ),
    (18, "the same, as the last record of the day"),
    (136, "scans whose answer met a full disk had no fate until the next start"),
    (166, "the same, at the last scan before the rush ended"),
    (261, "the same, on a restored station"),
    (415, "the same, a single scan"),
)

# Every CI run plays these; a developer's machine plays any: packhouse simulate --seeds 1000
CI = tuple(range(100))
CHUNKS = tuple(CI[start::10] for start in range(10))
