"""Without colour: a grey picture still tells right from wrong, by shape, brightness and words."""

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.catalogue import Catalogue
from app.domain.text import text
from app.station.inbox import LinkState
from app.station.screen import Prompt, Tone
from ui.text import Words
from ui.theme import THEMES, Theme
from ui.widgets import attention_list, choice_table, health_tables, label_preview, scale_readout
from ui.widgets.footer import LINK_LOOKS
from ui.widgets.kit import Kit
from ui.widgets.scan_prompt import FORMS, ScanPrompt

SIZE = (640, 216)
# Brightness of one pixel, of 255, that two greys must be apart to be told apart at a glance.
APART = 40
# Of the pixels where the picture of the one tone lies, so many must be another grey in the other.
SHARE_PER_CENT = 15


def grey(kit: Kit, tone: Tone) -> bytes:
    """The panel of a tone with the same words, in grey."""
    panel = ScanPrompt(kit)
    panel.setFixedSize(*SIZE)
    panel.show_prompt(Prompt(tone, FORMS[tone].icon, text("setup.title")))
    # Only where the icon lies: the words are the same on purpose.
    picture = panel.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    shown = picture.copy(0, 0, SIZE[0] // 4, SIZE[1])
    return bytes(shown.constBits())


@pytest.mark.parametrize("theme", THEMES)
def test_ok_and_wrong_are_other_pictures_in_grey(theme: str, qapp: QApplication) -> None:
    dress = Theme(theme)
    kit = Kit(dress, Words(Catalogue.load("en")))
    pictures = {tone: grey(kit, tone) for tone in (Tone.ASK, Tone.OK, Tone.WARN, Tone.ERROR)}

    for good in (Tone.ASK, Tone.OK):
        for bad in (Tone.WARN, Tone.ERROR):
            pairs = zip(pictures[good], pictures[bad], strict=True)
            other = sum(abs(one - two) >= APART for one, two in pairs)
            drawn = len(pictures[good]) - max(map(pictures[good].count, set(pictures[good])))
            share = 100 * other // max(drawn, 1)
            assert share >= SHARE_PER_CENT, f"{good} and {bad}: {share} %"


def test_what_is_well_and_what_is_not_have_other_icons() -> None:
    well = {LINK_LOOKS[LinkState.ONLINE][0]}
    amiss = {icon for state, (icon, _) in LINK_LOOKS.items() if state is not LinkState.ONLINE}
    assert well & amiss == set()

    for looks in (
        {state: look[0] for state, look in label_preview.PRINT_LOOKS.items()},
        {state: look[0] for state, look in attention_list.SEVERITY_LOOKS.items()},
        {state: look[0] for state, look in choice_table._LOOKS.items() if look[0]},
        {fate: look.mark for fate, look in health_tables.FATE_LOOKS.items() if look.mark},
    ):
        alone: dict[str, list[str]] = {}
        for state, icon in looks.items():
            alone.setdefault(icon, []).append(str(state))
        shared = {icon: states for icon, states in alone.items() if len(states) > 1}
        assert shared == {}, "two states that only a colour tells apart"


def test_a_weight_that_may_be_used_has_another_icon_than_one_that_may_not() -> None:
    usable = {icon for icon, token in scale_readout.STATE_LOOKS.values() if icon == "check"}
    others = {icon for icon, token in scale_readout.STATE_LOOKS.values() if token == "warn"}

    assert usable & others == set()
    assert others
