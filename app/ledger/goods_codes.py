"""Codes of exceptions about goods that come in: deliveries, returns, lots, serials."""

from app.ledger.exception_code import Code, Severity

WAYS = {
    "announce": "Import the delivery or the return authorisation; what has come is counted for it.",
    "expect_more": "Agree on it with the other side, and import a new version that expects it.",
    "reopen_document": "Open the document again.",
    "correct_lot": "Look at the label and correct the expiry of the lot.",
    "release_lot": "Release the lot when it may be used again.",
    "move_out": "Record where the other one went.",
}

CODES = {
    "unknown_inbound": Code(
        Severity.MEDIUM,
        "Goods were received for a delivery the ledger does not know.",
        ("announce", "reverse_mistake"),
        "The delivery is imported, or nothing is received for it any more.",
        "announcing_a_delivery_counts_what_came_and_closes_its_exception",
    ),
    "unknown_return": Code(
        Severity.MEDIUM,
        "Goods came back for an authorisation the ledger does not know.",
        ("announce", "reverse_mistake"),
        "The authorisation is imported, or nothing came back for it any more.",
        "authorising_a_return_counts_what_came_back_and_closes_its_exception",
    ),
    "over_receipt": Code(
        Severity.MEDIUM,
        "More was received than expected, beyond the tolerance of line, item or site.",
        ("expect_more", "reverse_mistake"),
        "The line has no more received than allowed.",
        "taking_back_what_is_too_much_closes_over_receipt",
    ),
    "over_return": Code(
        Severity.MEDIUM,
        "More came back than was authorised.",
        ("expect_more", "reverse_mistake"),
        "The line has no more returned than authorised.",
        "more_returned_than_authorised_is_told_until_it_is_authorised",
    ),
    "not_on_inbound": Code(
        Severity.MEDIUM,
        "Goods were received for a delivery that has no line for them.",
        ("reverse_mistake",),
        "Nothing that the delivery does not name is counted for it any more.",
        "goods_a_delivery_does_not_name_are_told_until_taken_back",
    ),
    "not_on_return": Code(
        Severity.MEDIUM,
        "Goods came back for an authorisation that has no line for them.",
        ("reverse_mistake",),
        "Nothing that the authorisation does not name is counted for it any more.",
        "goods_a_return_does_not_name_are_told_until_taken_back",
    ),
    "received_after_close": Code(
        Severity.MEDIUM,
        "Goods were received for a delivery that is closed or cancelled.",
        ("reopen_document", "reverse_mistake"),
        "The delivery is open again, or no more has come than when it was closed.",
        "opening_a_delivery_again_closes_received_after_close",
    ),
    "returned_after_close": Code(
        Severity.MEDIUM,
        "Goods came back for an authorisation that was closed or cancelled.",
        ("reopen_document", "reverse_mistake"),
        "The authorisation is open again, or no more has come than when it was closed.",
        "taking_back_a_late_return_closes_its_exception",
    ),
    "inbound_cut_below_received": Code(
        Severity.MEDIUM,
        "A new version of a delivery expects less than was received.",
        ("expect_more", "reverse_mistake"),
        "Every line expects at least what was received.",
        "a_version_that_expects_what_came_closes_the_cut",
    ),
    "return_cut_below_received": Code(
        Severity.MEDIUM,
        "A new version of an authorisation allows less than came back.",
        ("expect_more", "reverse_mistake"),
        "Every line allows at least what came back.",
        "cutting_a_return_below_what_came_back_is_told",
    ),
    "returned_never_shipped": Code(
        Severity.LOW,
        "Goods came back without a document, and this site's book never saw them leave.",
        ("announce", "reverse_mistake"),
        "The book has seen as many leave as came back.",
        "a_blind_return_of_what_never_left_is_told_until_its_shipment_arrives",
    ),
    "lot_expiry_differs": Code(
        Severity.MEDIUM,
        "A lot came with another expiry than the ledger knows.",
        ("correct_lot", "reverse_mistake"),
        "The expiry of the lot is corrected or confirmed.",
        "test_correcting_a_lot_closes_lot_expiry_differs_at_every_site",
    ),
    "lot_not_good": Code(
        Severity.MEDIUM,
        "Goods were taken for an order from a lot that is on hold, expired or damaged.",
        ("unpack_all", "release_lot"),
        "The lot is good again.",
        "releasing_a_lot_closes_lot_not_good",
    ),
    "lot_recalled": Code(
        Severity.HIGH,
        "Goods of a recalled lot were taken for an order.",
        ("unpack_all", "reverse_shipment", "release_lot"),
        "The lot is good again.",
        "a_recalled_lot_that_is_shipped_is_told_at_once",
    ),
    "serial_twice": Code(
        Severity.MEDIUM,
        "One serial is in the book more than once.",
        ("reverse_mistake", "move_out"),
        "The serial is in one place again.",
        "a_serial_in_two_places_is_told_until_one_is_gone",
    ),
    "reclassified_and_moved": Code(
        Severity.LOW,
        "A record of another condition named two different places.",
        ("reverse_mistake", "count_place"),
        "The record is taken back.",
        "a_reclassification_that_moves_is_told_until_taken_back",
    ),
}
