"""Codes of exceptions about transfers between sites."""

from app.ledger.exception_code import Code, Severity

WAYS = {
    "request_transfer": "Ask for the transfer under this number; what was recorded counts in it.",
    "approve_transfer": "Approve the transfer.",
    "cancel_transfer": "Cancel the transfer and say where its goods are now.",
    "record_dispatch": "Record at the other site what left and was not recorded.",
    "accept_rest": "Accept what has arrived meanwhile.",
    "settle_transit": "Say what never left and what was lost; every unit gets a place.",
}

CODES = {
    "unknown_transfer": Code(
        Severity.MEDIUM,
        "Goods were dispatched or accepted for a transfer the ledger does not know.",
        ("request_transfer", "reverse_mistake"),
        "The transfer is asked for, or nothing of it is in transit any more.",
        "test_a_dispatch_nobody_knows_of_is_adopted_when_it_is_asked_for",
    ),
    "transfer_not_approved": Code(
        Severity.MEDIUM,
        "Goods left for a transfer before anybody approved it.",
        ("approve_transfer", "cancel_transfer", "reverse_mistake"),
        "The transfer is approved or ended, or nothing was dispatched.",
        "test_goods_that_left_unapproved_are_an_exception_until_it_is_approved",
    ),
    "transfer_ended": Code(
        Severity.HIGH,
        "Goods left for a transfer that was cancelled or rejected.",
        ("cancel_transfer", "accept_rest", "reverse_mistake"),
        "Nothing of the transfer is under way.",
        "test_what_leaves_after_a_cancel_is_an_exception_until_it_is_somewhere",
    ),
    "transfer_over_dispatched": Code(
        Severity.LOW,
        "More left for a transfer than was asked for, or something nobody asked for.",
        ("reverse_mistake",),
        "No line has more dispatched than asked for.",
        "test_more_than_was_asked_for_opens_an_exception_undo_closes",
    ),
    "transfer_over": Code(
        Severity.MEDIUM,
        "More arrived with a transfer than was dispatched.",
        ("record_dispatch", "count_place", "reverse_mistake"),
        "The missing dispatch arrived, or the mistake was taken back.",
        "test_more_than_was_dispatched_opens_an_exception_the_missing_dispatch_closes",
    ),
    "transfer_short": Code(
        Severity.MEDIUM,
        "A transfer is said to have arrived whole, and goods of it are still under way.",
        ("settle_transit", "accept_rest", "cancel_transfer"),
        "Nothing of the transfer is under way.",
        "test_goods_that_never_left_are_back_at_a_place_of_the_origin",
    ),
    "transfer_overdue": Code(
        Severity.MEDIUM,
        "Goods of a transfer have been under way longer than the policy of the receiver says.",
        ("accept_rest", "settle_transit", "cancel_transfer"),
        "Nothing of the transfer is under way.",
        "test_goods_under_way_too_long_are_an_exception_until_they_arrive",
    ),
}
