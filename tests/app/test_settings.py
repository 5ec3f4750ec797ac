"""Where a setting's value comes from: the program, the station's file, the administrator."""

from pathlib import Path

import pytest

from app.errors import Trouble
from app.settings import (
    FILE_NAME,
    POLICY_VARIABLE,
    StationSettings,
    configuration,
    defaults,
    load,
)
from app.station.configuration import CHANGEABLE, Origin


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the administrator of this machine lays down."""
    path = tmp_path / "policy.toml"
    monkeypatch.setenv(POLICY_VARIABLE, str(path))
    return path


def told(folder: Path) -> dict[str, tuple[str, Origin]]:
    return {one.name: (one.value, one.origin) for one in configuration(load(folder, {}))}


def test_each_value_says_where_it_came_from(tmp_path: Path, policy: Path) -> None:
    load(tmp_path, {"scanner": "tcp://10.0.0.7:4001", "theme": "dark"})
    policy.write_text('printer = "tcp://10.0.4.17:9100"\ntheme = "contrast"\n', encoding="utf-8")

    found = told(tmp_path)

    assert found["scanner"] == ("tcp://10.0.0.7:4001", Origin.FILE)
    assert found["dpi"] == ("203", Origin.DEFAULT)
    assert found["printer"] == ("tcp://10.0.4.17:9100", Origin.POLICY)
    assert found["theme"] == ("contrast", Origin.POLICY), "it wins over the station's own file"


def test_what_is_laid_down_is_written_nowhere_else(tmp_path: Path, policy: Path) -> None:
    policy.write_text('theme = "contrast"\n', encoding="utf-8")

    settings = load(tmp_path, {"dpi": 300})

    assert (settings.theme, settings.dpi) == ("contrast", 300)
    assert "theme" not in (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    policy.unlink()
    assert load(tmp_path, {}).theme == "light"


def test_what_a_demo_was_started_with_holds_though_no_file_has_it(tmp_path: Path) -> None:
    told = {one.name: one.value for one in configuration(StationSettings(tmp_path, language="de"))}

    assert told["language"] == "de"


def test_a_policy_with_a_slip_is_named(tmp_path: Path, policy: Path) -> None:
    policy.write_text('them = "dark"\n', encoding="utf-8")

    with pytest.raises(Trouble, match=r"policy\.toml holds “them”"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'text_percent = "big"\n', "“text_percent” must be a whole number"),
        (b"theme = 3\n", "“theme” must be a text in quotes"),
        (b"plain_http = true\n", "“plain_http” must be a whole number"),
        (b'station = "B\xe4nk"\n', "cannot be read"),
    ],
)
def test_a_setting_of_another_kind_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "station.toml").write_bytes(content)

    with pytest.raises(Trouble, match=said):
        load(tmp_path, {})


def test_safe_defaults_are_what_was_delivered(tmp_path: Path) -> None:
    load(tmp_path, {"scanner": "tcp://10.0.0.7:4001", "text_percent": 200, "ledger": "https://l"})

    settings = load(tmp_path, defaults())

    assert set(defaults()) == set(CHANGEABLE)
    assert (settings.scanner, settings.text_percent, settings.ledger) == ("", 100, "https://l")
