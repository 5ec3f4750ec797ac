"""Every code of an exception: how urgent it is, the safe next steps, and how it ends by itself.

The one table of codes. A new code is one `Code(...)` in `CODES`; a next step nobody had before is
one sentence in `WAYS`. `docs/exceptions.md` is written from it, and a test insists that every code
that is used stands here and that a promise or a test shows its way out.
"""

from app.ledger import count_codes, goods_codes, transfer_codes
from app.ledger.exception_code import CLOSE, DEADLINES, Code, Severity

__all__ = ["CLOSE", "CODES", "DEADLINES", "WAYS", "Code", "Severity", "ways_of"]

# What each safe next step says; none of them loses anything, and each can be taken back.
WAYS = {
    "count_place": "Count this place. What is found becomes an adjustment.",
    "record_missing": "Record the receipt or the move that was forgotten.",
    "reverse_mistake": "Take back the record that was wrong.",
    "import_item": "Import the item, or add it to the master data.",
    "identify_item": "Say which item it is.",
    "import_order": "Import the order.",
    "unpack_surplus": "Open the parcel, take out what is too much, and record it as unpacked.",
    "send_new_version": "Let the order ask for what is packed: import a new version of it.",
    "unpack_all": "Stop the box, unpack everything, and put the goods back.",
    "release_order": "Release the order again if it shall go out after all.",
    "open_and_seal": "Open the parcel, put right what is inside or on it, and seal it again.",
    "redirect_parcel": "Ask the carrier to redirect the parcel.",
    "reverse_shipment": "Call the carrier back. When the parcel is here, take back its hand-over.",
    "record_return": "Record the return when the goods are back.",
    "order_more": "Order more from the supplier, or lower the reorder point.",
    "pack_rest": "Pack the lines that are missing.",
    "declare_short": "Declare short what cannot be packed.",
    "watch_station": "Watch whether it comes back. If it does, keep its log and enrol it anew.",
    "reconcile_again": "Run the reconciliation again when the cause is mended.",
    "enrol_anew": "Find the other machine, keep the data of both, and enrol one of them anew.",
    "restore_ledger": "Restore the ledger from a backup; stations send again what it has not seen.",
    **count_codes.WAYS,
    **goods_codes.WAYS,
    **transfer_codes.WAYS,
    CLOSE: "Close it with a note that says what was found.",
}


# High: goods leave the building wrongly, or the book is damaged, unless somebody acts at once.
CODES = {
    "negative_balance": Code(
        Severity.MEDIUM,
        "The book says less than nothing is at a place: more was taken than was there.",
        ("record_missing", "count_place", "reverse_mistake"),
        "The balance is zero or more again.",
        "a_place_that_has_enough_again_closes_its_exception",
    ),
    "unknown_item": Code(
        Severity.MEDIUM,
        "A line names an item the ledger does not know.",
        ("import_item", "identify_item"),
        "The item is imported.",
        "importing_the_item_closes_its_exception",
    ),
    "unknown_order": Code(
        Severity.MEDIUM,
        "Work was recorded on an order the ledger does not know.",
        ("import_order", "reverse_mistake"),
        "The order is imported.",
        "importing_the_order_closes_its_exception",
    ),
    "order_overpacked": Code(
        Severity.HIGH,
        "More of a line is packed than ordered.",
        ("unpack_surplus", "send_new_version"),
        "No line of the order has more packed than ordered.",
        "unpacking_what_is_too_much_closes_the_exception",
    ),
    "packed_twice": Code(
        Severity.HIGH,
        "Two stations packed the same order.",
        ("unpack_surplus", "send_new_version"),
        "No line of the order has more packed than ordered.",
        "unpacking_the_second_parcel_closes_the_exception",
    ),
    "packed_after_cancel": Code(
        Severity.HIGH,
        "Units were packed for an order that is cancelled.",
        ("unpack_all",),
        "Nothing of the order is packed any more.",
        "unpacking_a_cancelled_order_closes_its_exception",
    ),
    "packed_while_held": Code(
        Severity.HIGH,
        "Units were packed for an order that is held.",
        ("unpack_all", "release_order"),
        "Nothing of the order is packed any more, or it is released.",
        "releasing_a_held_order_closes_its_exception",
    ),
    "shipped_after_cancel": Code(
        Severity.HIGH,
        "A parcel of a cancelled or held order was handed over.",
        ("reverse_shipment", "record_return", "release_order"),
        "What was handed over is back, or the held order is released.",
        "a_parcel_that_came_back_closes_its_exception",
    ),
    "shipped_unverified": Code(
        Severity.HIGH,
        "A parcel was handed over before its order was packed or declared short.",
        ("pack_rest", "declare_short", "reverse_shipment"),
        "Every line of the order is packed or declared short, or the parcel is back.",
        "declaring_the_rest_short_closes_shipped_unverified",
    ),
    "packed_after_seal": Code(
        Severity.HIGH,
        "Units were packed into a parcel after it was sealed.",
        ("open_and_seal", "unpack_surplus"),
        "The parcel is opened or sealed again.",
        "packing_into_a_sealed_parcel_is_seen_until_it_is_sealed_again",
    ),
    "shipped_reopened": Code(
        Severity.HIGH,
        "A parcel that had been opened was handed over without a new seal.",
        ("reverse_shipment",),
        "The parcel is back.",
        "an_opened_parcel_handed_over_is_seen_until_it_is_back",
    ),
    "readdressed_after_seal": Code(
        Severity.HIGH,
        "An order got another address or carrier after it was packed or sealed.",
        ("open_and_seal",),
        "A parcel of the order is opened or sealed again.",
        "another_address_after_the_seal_is_seen_until_the_parcel_is_opened",
    ),
    "readdressed_after_ship": Code(
        Severity.HIGH,
        "An order got another address or carrier after a parcel of it was handed over.",
        ("redirect_parcel", "reverse_shipment"),
        "What was handed over is back.",
        "another_address_after_hand_over_is_seen_until_the_parcel_is_back",
    ),
    "cancelled_after_ship": Code(
        Severity.HIGH,
        "An order was cancelled after a parcel of it was handed over.",
        ("reverse_shipment", "record_return"),
        "What was handed over is back.",
        "cancelling_an_order_of_which_a_parcel_is_gone_is_seen_until_it_is_back",
    ),
    "books_differ": Code(
        Severity.HIGH,
        "The ledger's own books do not agree: a balance is not the sum of its postings, or a "
        "record was changed after it was written.",
        ("reconcile_again", "restore_ledger"),
        "A reconciliation of everything finds no difference.",
        "test_books_that_agree_again_close_the_exception",
    ),
    "station_forked": Code(
        Severity.HIGH,
        "A station sent records that do not follow on those the ledger has of it: its folder was "
        "copied to a second machine, or restored from a backup.",
        ("enrol_anew",),
        "",
        "a_fork_is_told_to_everybody_at_the_site",
    ),
    "reorder": Code(
        Severity.LOW,
        "What a site has of an item is at its reorder point or below.",
        ("order_more",),
        "There is more than the reorder point, or the reorder point is gone.",
        "an_item_that_runs_out_at_a_site_is_told_until_it_came_in",
    ),
    "station_differs": Code(
        Severity.LOW,
        "A station's book of confirmed stock was not what the ledger had told it. It mends itself.",
        ("watch_station",),
        "The station's book and the ledger's are equal again.",
        "a_station_that_differed_is_told_of_until_it_agrees",
    ),
    "list_differs": Code(
        Severity.MEDIUM,
        "Another system's list of stock or shipments is further from the ledger than agreed.",
        ("count_place", "record_missing", "reconcile_again"),
        "A later list of the same kind is within the threshold.",
        "test_list_differs_is_told_once_and_closed_by_a_list_that_agrees",
    ),
    "order_cut_below_packed": Code(
        Severity.HIGH,
        "A new version of an order asks for less than is packed.",
        ("unpack_surplus", "send_new_version"),
        "No line of the order has more packed than ordered.",
        "a_new_version_that_asks_for_what_is_packed_closes_the_cut",
    ),
    **count_codes.CODES,
    **goods_codes.CODES,
    **transfer_codes.CODES,
}


def ways_of(code: str) -> tuple[str, ...]:
    """The safe next steps of an exception, best first; also of a code from a newer program."""
    known = CODES.get(code)
    return known.ways if known is not None else (CLOSE,)
