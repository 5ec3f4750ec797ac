"""Codes of exceptions about counts and about who may decide: see `app.ledger.exception_codes`."""

from app.ledger.exception_code import Code, Severity

WAYS = {
    "check_person": "Ask who worked there in this name, and check what was done.",
    "review_decisions": "Look through what was decided in that time, with who decided it.",
    "decide_again": "Decide the waiting request again, by somebody who may.",
    "recount": "Let another person count this place again.",
    "accept_count": "Accept the count; the book then says what was seen.",
    "bring_station_back": "Bring the silent station back to the network, or revoke it.",
}

CODES = {
    "approval_disputed": Code(
        Severity.MEDIUM,
        "A decision made at a station without a link does not count at the ledger.",
        ("decide_again",),
        "What it was about is decided or withdrawn.",
        "deciding_again_closes_a_disputed_approval",
    ),
    "decided_on_carried_grant": Code(
        Severity.LOW,
        "Somebody decided without a link on a grant that was carried on from day to day.",
        ("review_decisions",),
        "",
        "what_is_decided_on_a_carried_grant_counts_and_is_listed_for_review",
    ),
    "counted_and_adjusted": Code(
        Severity.LOW,
        "One person has counted a place and adjusted it by themselves the same day.",
        ("recount", "check_person"),
        "",
        "who_counts_a_place_and_adjusts_it_the_same_day_is_told_of",
    ),
    "glass_broken": Code(
        Severity.MEDIUM,
        "A role was lent to somebody for an hour, by two persons, in an emergency.",
        ("review_decisions", "check_person"),
        "",
        "a_role_is_lent_by_two_persons_for_an_hour_and_reported",
    ),
    "signed_while_revoked": Code(
        Severity.MEDIUM,
        "A station sent facts in the name of somebody whose rights were taken.",
        ("check_person", "reverse_mistake"),
        "",
        "facts_of_a_person_who_was_revoked_are_posted_and_flagged",
    ),
    "count_differs": Code(
        Severity.LOW,
        "A count differs from the book by more than one person may say alone.",
        ("recount", "accept_count"),
        "Another person has counted the place, or a controller has accepted the count.",
        "a_recount_by_another_person_closes_count_differs",
    ),
    "recount_by_same_person": Code(
        Severity.LOW,
        "The second count of a place is by who did the first.",
        ("recount", "accept_count"),
        "Another person has counted the place, or a controller has accepted the count.",
        "a_recount_by_the_same_person_does_not_count",
    ),
    "moved_before_count": Code(
        Severity.LOW,
        "A place was moved at by a station that had not seen its count.",
        ("recount",),
        "The place is counted again.",
        "a_move_that_comes_in_after_its_count_is_doubted_until_a_recount",
    ),
    "recount_needed": Code(
        Severity.LOW,
        "A count's position is of an epoch that was lost with a restore.",
        ("recount",),
        "The place is counted again.",
        "a_count_of_a_lost_epoch_asks_for_another",
    ),
    "count_waits": Code(
        Severity.LOW,
        "A variance has waited for silent stations longer than the policy lets it.",
        ("accept_count", "bring_station_back"),
        "Every station has reported, or a controller has accepted the count.",
        "a_variance_that_waits_too_long_is_the_controllers",
    ),
}
