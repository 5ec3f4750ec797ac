"""What a turn of the station comes to when the ledger answers oddly, and what is kept of it."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from app.commands import doctor
from app.contract import chain
from app.contract.messages import (
    Edited,
    EditPut,
    Enrolled,
    Hello,
    ItemRow,
    LocationRow,
    MasterPage,
    NewKey,
    NotNow,
    NumberBlock,
    SnapshotPage,
    Token,
)
from app.errors import Refusal, Trouble
from app.keys.rotation import KeyCare, Step
from app.keys.signing import DeviceKeys, DeviceSigner
from app.station.inbox import EditAnswered, Granted
from app.station.ports import Position
from app.sync import asking, sentences
from app.sync.answers import MOST_VALUES
from app.sync.enrol import enrol
from app.sync.exchange import Exchange
from app.sync.newkey import KeyChange
from app.sync.outcomes import Again, Failed, Idle, Later, PullOutcome, Stopped
from app.sync.skew import Skew
from app.sync.trouble import BadAnswer, Unreachable
from tests.contract.consumer.calls import CALLS
from tests.contract.consumer.line import (
    AT,
    HTML,
    Client,
    Said,
    Script,
    Sent,
    client,
    good,
    polite,
    problem,
)
from tests.fakes.clock import FakeClock
from tests.fakes.desk import FakeDesk
from tests.support.keys import by_keyring, vault_in

BARRED = problem(429, "too_many_tries", "Too many wrong tries. Wait.", retry_after="60")
KEY = DeviceSigner(b"\x04" * 32)
Turn = Callable[[Exchange], PullOutcome]

TURNS: dict[str, Turn] = {
    "post": lambda exchange: exchange.push(),
    "changes": lambda exchange: exchange.pull(0),
    "master": lambda exchange: exchange.pull_master(),
    "snapshot": lambda exchange: exchange.bootstrap(),
}
each_turn = pytest.mark.parametrize("name", TURNS)


def _station(script: Script, monkeypatch: pytest.MonkeyPatch) -> tuple[FakeDesk, Client, Exchange]:
    """A station with one receipt to send, in the middle of the feed."""
    desk = FakeDesk("ab" * 32)
    desk.where = Position("epoch-1", 3, chain.GENESIS, 2)
    desk.record()
    made = client(script, monkeypatch)
    return desk, made, Exchange(desk, made.ledger)


def _book(desk: FakeDesk) -> object:
    return (desk.where, desk.transports(), dict(desk.balances), dict(desk.items), list(desk.epochs))


# ------------------------------------------------------------------ the sync


@each_turn
@pytest.mark.parametrize("at", ["/v1/token", "/v1/hello", "the question"])
def test_a_wait_asked_for_anywhere_is_waited_and_nothing_changes(
    name: str, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = CALLS[name].path if at == "the question" else at
    desk, _, exchange = _station(polite(path, BARRED), monkeypatch)
    before = _book(desk)

    outcome = TURNS[name](exchange)

    assert outcome == Later(60, "Too many wrong tries. Wait.")
    assert _book(desk) == before


def test_a_batch_stays_whole_while_the_gate_is_barred(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, made, exchange = _station(polite("/v1/token", BARRED), monkeypatch)
    for _ in range(20):
        desk.record()
    for _ in range(5):
        exchange.push()

    made.line.script = polite("/v1/post", Said(500))
    exchange.push()

    sent = json.loads(made.line.sent[-1].body)
    assert len(sent["operations"]) == 21


def test_a_picture_goes_on_where_it_was_after_a_barred_gate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = SnapshotPage(
        snapshot="pic-7",
        epoch="epoch-1",
        cursor=3,
        chain=chain.GENESIS,
        master_cursor=0,
        page=0,
        pages=3,
        rows=(),
    )
    _, made, exchange = _station(polite("/v1/snapshot", good(page)), monkeypatch)
    exchange.bootstrap()
    made.ledger._tokens.forget(made.ledger._tokens.current())

    made.line.script = polite("/v1/token", BARRED)
    exchange.bootstrap()
    made.line.script = polite("/v1/snapshot", Said(500))
    exchange.bootstrap()

    asked = json.loads(made.line.sent[-1].body)
    assert (asked["snapshot"], asked["page"]) == ("pic-7", 1)


@each_turn
@pytest.mark.parametrize("token", ["", "jeton-é", "two\nlines", "\x00", "x" * 5_000])
def test_a_token_that_fits_no_header_is_no_answer(
    name: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = good(Token(token=token, expires_in_s=3600))
    desk, made, exchange = _station(polite("/v1/token", said), monkeypatch)
    before = _book(desk)

    outcome = TURNS[name](exchange)

    assert isinstance(outcome, Failed)
    assert "does not fit the question" in outcome.sentence
    assert _book(desk) == before
    assert all(sent.path in {"/v1/hello", "/v1/token"} for sent in made.line.sent)


ODD = {
    "html": Said(200, b"<html>Sign in</html>", HTML),
    "empty": Said(200),
    "half": Said(200, b'{"type":"posted","res'),
    "redirect": Said(302, headers={"location": "/login"}),
    "distress": Said(502, b"<html>", HTML),
    "no such address": problem(404, "unknown_address", "This is no address of the ledger."),
    "not understood": problem(422, "malformed", "No."),
    "cut": Said(200, b'{"type":"changes","rows":[]}', cut=9),
}


@each_turn
@pytest.mark.parametrize("at", ["/v1/token", "/v1/hello", "the question"])
def test_no_odd_answer_changes_the_book_or_ends_the_turn_with_a_traceback(
    name: str, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = CALLS[name].path if at == "the question" else at
    for odd, said in ODD.items():
        desk, _, exchange = _station(polite(path, said), monkeypatch)
        before = _book(desk)

        outcome = TURNS[name](exchange)

        assert isinstance(outcome, Failed), odd
        assert outcome.sentence in sentences.ONCE, odd
        assert outcome.forgivable == (odd == "cut")
        assert _book(desk) == before


@each_turn
@pytest.mark.parametrize("code", ["revoked", "not_enrolled", "of a newer ledger"])
def test_a_refusal_stops_the_turn_with_the_ledgers_words(
    name: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/v1/token", CALLS[name].path):
        desk, _, exchange = _station(polite(path, problem(403, code, "Ask IT.")), monkeypatch)
        before = _book(desk)

        outcome = TURNS[name](exchange)

        assert isinstance(outcome, Stopped)
        assert (outcome.code, outcome.sentence) == (code, "Ask IT.")
        assert _book(desk) == before


def test_master_data_that_is_too_much_at_once_is_asked_for_in_smaller_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Items may have any number of barcodes: a page of a thousand such must not stop a station."""
    most = 130
    page = MasterPage(epoch="epoch-1", rows=(), cursor=9, head=9)

    def script(sent: Sent) -> Said:
        if sent.path != "/v1/master":
            return polite("", Said())(sent)
        if json.loads(sent.body)["limit"] > most:
            return Said(body=b'{"type":"master","rows":[' + b"1," * MOST_VALUES + b"1]}")
        return good(page)

    _, made, exchange = _station(script, monkeypatch)

    outcomes = [exchange.pull_master() for _ in range(5)]

    assert [type(one) for one in outcomes] == [Failed, Failed, Failed, Idle, Failed]
    asked = [json.loads(sent.body)["limit"] for sent in made.line.sent if "master" in sent.path]
    assert asked == [1_000, 500, 250, 125, 250]


@pytest.mark.parametrize(("limit", "following"), [(40, 40), (0, 500), (9_000, 500)])
def test_a_ledger_that_gives_smaller_pages_of_master_data_is_asked_for_them(
    limit: int, following: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_off = NotNow(problem="too_large", sentence="Ask for less.", limit=limit)
    _, made, exchange = _station(polite("/v1/master", good(put_off, 413)), monkeypatch)

    assert isinstance(exchange.pull_master(), Again)
    exchange.pull_master()

    assert json.loads(made.line.sent[-1].body)["limit"] == following


# ------------------------------------------------------------------ keys


@pytest.mark.parametrize(
    "said",
    [
        Said(500, b"{}"),
        Said(404, b'{"detail":"Not Found"}'),
        Said(503, b"{}"),
        Said(503, b'{"type":"not_now","problem":"retry_later","sentence":"Busy."}'),
        Said(426, b'{"type":"not_now","problem":"too_old","sentence":"Update."}'),
    ],
)
def test_no_error_is_read_as_a_ledger_without_custody(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer has no field that must be there: the book would be given a key nobody keeps."""
    made = client(polite("/v1/escrow", said), monkeypatch)
    rekeyed: list[bytes] = []
    vault = vault_in(tmp_path, by_keyring())
    care = KeyCare(vault, made.ledger, lambda _old, new: rekeyed.append(new))

    with pytest.raises(Trouble):
        care.round(rotate=True)

    assert rekeyed == []
    assert not vault.state.pending


def test_a_recovery_key_that_is_none_seals_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Said(body=b'{"recovery_key":"not hex","taken":true}')
    made = client(polite("/v1/escrow", said), monkeypatch)
    vault = vault_in(tmp_path, by_keyring())

    with pytest.raises(Trouble):
        KeyCare(vault, made.ledger, lambda *_: None).round()

    assert not vault.state.escrowed
    assert [sent.path for sent in made.line.sent].count("/v1/escrow") == 1


def test_what_was_not_taken_is_not_believed_to_be_in_custody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Said(body=json.dumps({"recovery_key": "09" + "00" * 31}).encode())
    made = client(polite("/v1/escrow", said), monkeypatch)
    vault = vault_in(tmp_path, by_keyring())

    assert KeyCare(vault, made.ledger, lambda *_: None).round() is Step.NOTHING

    assert not vault.state.escrowed


@pytest.mark.parametrize(
    "said",
    [
        good(NewKey(enrolment="enr-bench-4", public_key="00" * 32, seq=1, at=AT)),
        good(NewKey(enrolment="enr-bench-5", public_key="", seq=1, at=AT)),
        Said(500, b"{}"),
        BARRED,
    ],
)
def test_only_the_key_the_ledger_took_is_taken_into_use(
    said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = DeviceKeys(vault_in(tmp_path, by_keyring()))
    before, following = keys.public_key, keys.begin().public_key
    made = client(polite("/v1/key", said), monkeypatch)
    told: list[str] = []
    change = KeyChange(made.gate, "enr-bench-4", keys, lambda: 1, told.append)

    with pytest.raises(Trouble):
        change.settle(Skew(FakeClock()))

    assert keys.public_key == before
    assert keys.pending is not None
    assert (keys.pending.public_key, told) == (following, [])


# ------------------------------------------------------------------ enrolment

ENROLLED = Enrolled(
    enrolment="enr-bench-4",
    station="Bench 4",
    site="OSLO",
    epoch="epoch-1",
    ledger_key="ab" * 32,
    sscc=NumberBlock(first="37012345000000001", count=10_000),
    pepper="5a" * 32,
)


@pytest.mark.parametrize(
    "changes",
    [
        {"enrolment": ""},
        {"station": ""},
        {"site": ""},
        {"epoch": ""},
        {"ledger_key": "zz" * 32},
        {"pepper": ""},
        {"recovery_key": "zz" * 32},
        {"recovery_key": "09"},
        {"sscc": NumberBlock(first="", count=10)},
        {"sscc": NumberBlock(first="abc", count=10)},
        {"sscc": NumberBlock(first="3701234500000000\u0661", count=10)},
        {"sscc": NumberBlock(first="37012345000000001", count=-1)},
    ],
    ids=str,
)
def test_half_an_identity_is_none(
    changes: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = good(msgspec.structs.replace(ENROLLED, **changes))
    made = client(polite("/v1/enrol", odd), monkeypatch)

    with pytest.raises((BadAnswer, Refusal), match="Ask IT"):
        enrol(made.gate, "7k2m9-qx4td", KEY)


def test_a_whole_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    made = client(polite("/v1/enrol", good(ENROLLED)), monkeypatch)

    told = enrol(made.gate, "7k2m9-qx4td", KEY)

    assert (told.identity.station, told.numbers, told.pepper) == (
        "Bench 4", ENROLLED.sscc, b"\x5a" * 32,
    )  # fmt: skip


def test_a_ledger_of_another_age_is_told_before_the_code_is_spent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hello = Hello(protocol_min=90, protocol_max=99, epoch="e", at=AT, version="9")
    made = client(polite("/v1/hello", good(hello)), monkeypatch)

    with pytest.raises(Refusal, match="Update the older one"):
        enrol(made.gate, "7k2m9-qx4td", KEY)

    assert [sent.path for sent in made.line.sent] == ["/v1/hello"]


# ------------------------------------------------------------------ who asked once, and waits

PUT: EditPut = CALLS["edit"].question


def _of_grant(told: Granted) -> str:
    assert told.grant is None
    return told.sentence


def _of_enrol(made: Client) -> str:
    with pytest.raises(Trouble) as met:
        enrol(made.gate, "7k2m9-qx4td", KEY)
    return met.value.say


PEOPLE: dict[str, Callable[[Client], str]] = {
    "grant": lambda made: _of_grant(asking.grant(made.ledger, CALLS["grant"].question)),
    "edit": lambda made: asking.edit(made.ledger, PUT).sentence,
    "enrol": _of_enrol,
}


@pytest.mark.parametrize("name", PEOPLE)
def test_who_asked_once_is_never_told_that_it_is_kept_and_sent_by_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for odd, said in (ODD | {"busy": Said(503), "large": Said(413, b"", HTML)}).items():
        made = client(polite(CALLS[name].path, said), monkeypatch)

        sentence = PEOPLE[name](made)

        assert sentence in sentences.ONCE.values(), odd
        assert "kept" not in sentence


def test_who_asks_without_a_line_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_sent: Sent) -> Said:
        raise Unreachable(sentences.UNREACHABLE)

    told = asking.edit(client(away, monkeypatch).ledger, PUT)

    assert told.sentence.startswith("The ledger cannot be reached, so nothing was asked.")


@pytest.mark.parametrize("name", PEOPLE)
def test_who_has_guessed_too_often_is_told_that_and_not_that_the_ledger_is_busy(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client(polite(CALLS[name].path, BARRED), monkeypatch)

    assert PEOPLE[name](made) == "Too many wrong tries. Wait."


def test_a_person_reads_why_the_ledger_said_no(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = problem(403, "wrong_code", "This code is not right. Wait for the next one.")
    made = client(polite("/v1/grants", wrong), monkeypatch)

    told = asking.grant(made.ledger, CALLS["grant"].question)

    assert told == Granted(None, "This code is not right. Wait for the next one.")


PLACE = Raw(msgspec.json.encode(LocationRow("BER1", "A-04-2", "blocked")))
MUG = Raw(msgspec.json.encode(ItemRow(sku="SKU-1001", name="Enamel mug, blue 350 ml")))
ELSEWHERE = Raw(msgspec.json.encode(LocationRow("BER1", "B-11-1", "blocked")))
LOOK = msgspec.structs.replace(PUT, what="reorder", name="SKU-1001", after=Raw(b"null"))


@pytest.mark.parametrize(
    ("put", "answer"),
    [
        (PUT, Edited(outcome="folded", current=PLACE)),
        (PUT, Edited(outcome="seen", current=PLACE)),
        (PUT, Edited(outcome="", current=PLACE)),
        (PUT, Edited(outcome="done", current=MUG)),
        (PUT, Edited(outcome="done", current=Raw(b'"blocked"'))),
        (PUT, Edited(outcome="stale", current=Raw(b'{"type":"location"}'))),
        (PUT, Edited(outcome="done", current=ELSEWHERE)),
        (LOOK, Edited(outcome="done", current=Raw(b'{"low":4}'))),
        (LOOK, Edited(outcome="seen", current=Raw(b'{"low":"few"}'))),
        (LOOK, Edited(outcome="seen", current=MUG)),
    ],
)
def test_an_edit_is_done_only_when_the_ledger_says_so_of_that_very_thing(
    put: EditPut, answer: Edited, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client(polite("/v1/edits", good(answer)), monkeypatch)

    told = asking.edit(made.ledger, put)

    assert told.answer is None
    assert told.sentence.startswith("The ledger gave an answer that does not fit the question.")


@pytest.mark.parametrize(
    ("put", "answer"),
    [
        (PUT, Edited(outcome="done", current=PLACE)),
        (PUT, Edited(outcome="stale", current=Raw(b"null"))),
        (PUT, Edited(outcome="refused", current=Raw(b"null"), code="x", sentence="No.")),
        (LOOK, Edited(outcome="seen", current=Raw(b'{"low":4}'))),
        (LOOK, Edited(outcome="seen", current=Raw(b"null"))),
    ],
)
def test_every_end_of_an_edit_there_is_reaches_the_page(
    put: EditPut, answer: Edited, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client(polite("/v1/edits", good(answer)), monkeypatch)

    told = asking.edit(made.ledger, put)

    assert isinstance(told, EditAnswered)
    assert told.answer is not None
    assert (told.answer.outcome, bytes(told.answer.current), told.sentence) == (
        answer.outcome, bytes(answer.current), "",
    )  # fmt: skip


# ------------------------------------------------------------------ the doctor


@pytest.mark.parametrize("told", ["", "yesterday", "2026-11-23T07:30:00", "-1"])
def test_a_ledger_that_tells_no_time_is_a_line_of_the_doctor(told: str) -> None:
    line = doctor._drift(FakeClock().now(), told)

    assert (line.what, line.well) == ("clock", False)
    assert "told no time" in line.said
