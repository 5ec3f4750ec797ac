"""What rules, devices and the ledger say in English is said in every language there is.

The sentences are read from the source: a new one fails here until it stands in `said.toml` of each
language, word for word.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.catalogue import Catalogue, languages
from app.devices.complaint import wrong_parity
from app.domain.limits import Asker, Change, why_waiting
from app.domain.operation import StockKey
from app.domain.policy import AdjustLimit, Policy
from app.domain.text import text
from app.ledger import contradictions, goods_contradictions
from app.ledger.rules import count_contradictions, rights_contradictions, transfer_contradictions

ROOT = Path(__file__).resolve().parents[1]
# Whose sentences come to a station's screen.
SPEAKERS = (
    "devices", "sync", "cache", "ledger", "labels", "reports", "station", "storage",
    "keys/troubles.py", "keys/vault.py", "custody.py", "enrolling.py", "opened.py", "instance.py",
    "bootstrap.py", "contract/codec.py",
)  # fmt: skip
# What speaks to the office: its commands, its address, its tables and its descriptions. The
# simulated devices answer whoever tests.
OFFICE = re.compile(
    r"app/devices/sim/.*|app/ledger/(tables|tls|web/areas)/.*"
    r"|app/ledger/web/(bearers|conditions|connection|cursors|group|meters|once|openapi|params|rate"
    r"|resource|route|routes|server|strict|sync_routes|upkeep)\.py"
    r"|app/ledger/(announced|apikeys|approvals|archive|archiving|backup|breakglass|causes|certificate"
    r"|counts|credentials|duties|engines|escrow|holds|imports|jobs|keepers|leading|locks"
    r"|mappings|mark|migrate|office|orders|orderview|people|policies|queue|reviews|roles|sealedfile"
    r"|setup|sites|stock|transfers|why|working)\.py"
    r"|app/ledger/(\w+_)?codes?\.py|app/cache/(photo_table|search_tables|tables)\.py"
    r"|app/station/(edit_sending|exceptions|ports|proving|approvals_case)\.py"
)
# Sentences in the files above that no station is told.
OFFICE_SAID = frozenset(
    {
        "Choose a folder on a disk of this machine with --data-dir.",
        "There is no report {id_} at {site.site}.",
        "A GS1 company prefix has 7 to 12 digits. Check the number.",
        "A threshold counts units from 0. Correct it.",
        "A place is filled to more than where it is low. Correct it.",
        "There is no such threshold. Nothing was changed.",
        "Item {wanted.item} is not known. Import items first.",
        "Location {wanted.location} is not known at {where.site}. Import locations first.",
        "There is nobody called {person} here. See: packhouse ledger user list",
    }
)
# What is put together in two steps, as it is heard.
COMPOSED = {
    "{word} by {actor}. {_moved(what, before, book)}": "Approved by {actor}. {what}",
}
HOLE = re.compile(r"\{[^{}\d][^{}]*\}")
TRANSLATED = tuple(one for one in languages() if one != "en")


def _sentences() -> dict[str, str]:
    """Every sentence of the speakers, with where it stands."""
    found: dict[str, str] = {}
    for speaker in SPEAKERS:
        at = ROOT / "app" / speaker
        for path in sorted(at.rglob("*.py")) if at.is_dir() else [at]:
            name = path.relative_to(ROOT).as_posix()
            if not OFFICE.fullmatch(name):
                found |= {one: f"{name}:{line}" for line, one in _in(path)}
    return {one: where for one, where in found.items() if one not in OFFICE_SAID}


def _in(path: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    words = {
        one.targets[0].id: one.value.value
        for one in tree.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        if isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
    }
    inside = {
        id(part)
        for one in ast.walk(tree)
        if isinstance(one, ast.Expr | ast.JoinedStr)
        for part in ([one.value] if isinstance(one, ast.Expr) else one.values)
    }
    for one in ast.walk(tree):
        if id(one) not in inside and isinstance(one, ast.Constant | ast.JoinedStr):
            said = _template(one, words)
            if said and _is_sentence(said):
                yield getattr(one, "lineno", 0), said


def _template(node: ast.Constant | ast.JoinedStr, words: dict[str, str]) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            name = ast.unparse(part.value)
            parts.append(words.get(name) or f"{{{name}}}")
    return "".join(parts)


def _is_sentence(said: str) -> bool:
    ends = said.rstrip().endswith((".", "…")) or ". " in said
    return ends and " " in said and "\n" not in said and re.match(r"[A-Z“{]", said) is not None


def _sample(template: str) -> tuple[str, list[str]]:
    """The sentence with something in every place; what was put there."""
    put: list[str] = []

    def fill(_: re.Match[str]) -> str:
        put.append(f"<{len(put)}>")
        return put[-1]

    return HOLE.sub(fill, template), put


SENTENCES = _sentences()


def test_the_sentences_are_found() -> None:
    assert len(SENTENCES) > 350
    assert "Order {order} is not known. Import it, or say which order it is." in SENTENCES


@pytest.mark.parametrize("language", TRANSLATED)
def test_whatever_is_said_in_english_is_said_in_every_language(language: str) -> None:
    catalogue = Catalogue.load(language, strict=True)

    unknown, changed = {}, {}
    for template, where in SENTENCES.items():
        said, put = _sample(COMPOSED.get(template, template))
        heard = catalogue.sentence(said)
        if heard == said:
            unknown[where] = template
        elif missing := [one for one in put if one not in heard]:
            changed[where] = (template, heard, missing)

    assert unknown == {}
    assert changed == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_nobody_knows_stays_as_it_is(language: str) -> None:
    catalogue = Catalogue.load(language, strict=True)
    newer = "Order ORD-48213 was folded by a newer ledger. Unfold it."

    assert catalogue.sentence(newer) == newer
    assert catalogue.say(text("ui.sentence", sentence=newer)) == newer
    assert catalogue.sentence("x" * 5_000) == "x" * 5_000


def test_what_the_ledger_really_says_is_german_with_its_numbers() -> None:
    german = Catalogue.load("de", strict=True)
    key = StockKey("A-04-2", "SKU-10221", "L-2611")
    said = {
        contradictions.overpacked("ORD-48213", 2, 4, 3, twice=False).sentence: (
            "Auftrag ORD-48213, Zeile 2: 4 gepackt, 3 bestellt. Öffnen Sie das Paket und nehmen "
            "Sie heraus, was zu viel ist."
        ),
        goods_contradictions.late("inbound", "ASN-7001", "closed").sentence: (
            "Lieferung ASN-7001 ist geschlossen, und dafür wurde noch mehr vereinnahmt. Öffnen Sie "
            "den Beleg wieder, oder nehmen Sie den Satz zurück."
        ),
        goods_contradictions.expiry_differs(
            "SKU-10221", "L-2611", "2026-12-04", "2027-01-31"
        ).sentence: (
            "Charge L-2611 von SKU-10221 läuft nach dem Buch am 04.12.2026 ab und kam mit "
            "31.01.2027. Legen Sie sie beiseite, lesen Sie das Etikett noch einmal, und "
            "berichtigen Sie Charge oder Eingang."
        ),
        count_contradictions.count_differs(key, "p-anna").sentence: (
            "Was p-anna gezählt hat (SKU-10221, Charge L-2611 an A-04-2), weicht vom Buch ab. Eine "
            "andere Person zählt neu."
        ),
        transfer_contradictions.contradiction("transfer_overdue", "TR-5001").sentence: (
            "Ware der Umlagerung TR-5001 ist länger unterwegs als vereinbart. Fragen Sie den "
            "Frachtführer; nehmen Sie sie an, oder sagen Sie, was verloren ist."
        ),
        rights_contradictions.approval_disputed(
            "op-1", "p-olu", "A decision says approve or reject. Decide it again."
        ).sentence: (
            "p-olu hat das ohne Verbindung entschieden, und es gilt nicht: Eine Entscheidung sagt "
            "freigeben oder ablehnen. Entscheiden Sie noch einmal."
        ),
        wrong_parity("scale"): (
            "Waage: sendet 7 Bit mit gerader Parität, der Anschluss liest 8 ohne (8N1). Setzen Sie "
            "bits=7&parity=E in die Adresse."
        ),
    }

    assert {one: german.sentence(one) for one in said} == said


class _Seen:
    """Forty there, worth 420 each, nothing adjusted today."""

    def there(self, key: StockKey) -> int:
        del key
        return 40

    def cost(self, sku: str) -> int:
        del sku
        return 420

    def today(self, person: str, sku: str) -> tuple[int, int]:
        del person, sku
        return 0, 0


@pytest.mark.parametrize(
    "limit",
    [
        AdjustLimit(5, None, None, None, None),
        AdjustLimit(None, 1_000, None, None, None),
        AdjustLimit(None, None, 100, None, None),
        AdjustLimit(None, None, None, 5, None),
        AdjustLimit(None, None, None, None, 1_000),
    ],
)
def test_why_something_waits_is_said_in_every_language(limit: AdjustLimit) -> None:
    change = Change([(StockKey("A-04-2", "SKU-10221"), -12)], {"SKU-10221": 12})
    asker, policy = Asker("p-anna", "clerk", "damage"), Policy(adjust={"clerk": limit})
    why = why_waiting(change, asker, policy, _Seen())

    assert why is not None
    for language in TRANSLATED:
        assert Catalogue.load(language, strict=True).sentence(why[1]) != why[1]
