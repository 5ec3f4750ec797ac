"""What each GS1 application identifier may hold, which others it needs and which it excludes.

Facts of the GS1 General Specifications as the GS1 Barcode Syntax Dictionary states them (copyright
GS1 AISBL and contributors, Apache-2.0); rules carry GS1's own names, so that its test vectors can
be matched. One line an entry:

    AIs; flags; components; attributes

`310*` stands for 3100 to 3105. Flags: `F` length is predefined, no separator needed; `Q` allowed as
a query parameter of a Digital Link; `.` none. A component is a type (`N` digits, `X` CSET 82, `Y`
CSET 39, `Z` base64url), a length (`18` exactly, `..20` at most) and its checks; in brackets it may
be missing. Attributes: `needs=` one of these combinations, `not=` none of these (`n` any digit, `~`
its own family), `link=` a primary key of Digital Links with the qualifiers that may follow.
"""

import re
from dataclasses import dataclass
from functools import cache

_TABLE = """
00; FQ; N18/csum/gcppos2; link=-
01; FQ; N14/csum/gcppos2; not=255,37 link=22,10,21|235
02; FQ; N14/csum/gcppos2; needs=37 not=01,03
03; F; N14/csum/gcppos2; not=01,02,37,235
10; Q; X..20; needs=01,02,03,8006,8026
11 13 15 16; FQ; N6/yymmd0; needs=01,02,03,8006,8026
12; FQ; N6/yymmd0; needs=8020
17; FQ; N6/yymmd0; needs=01,02,03,255,8006,8026
20; FQ; N2; needs=01,02,03,8006,8026
21; .; X..20; needs=01,03,8006 not=235
22; .; X..20; needs=01
235; .; X..28; needs=01
240 241; Q; X..30; needs=01,02,03,8006,8026
242; Q; N..6; needs=01,02,8006,8026
243; Q; X..20; needs=01,03
250; Q; X..30; needs=01+21,03+21,8006+21
251; Q; X..30; needs=01,03,8006
253; Q; N13/csum/gcppos1 [X..17]; link=-
254; .; X..20; needs=414
255; Q; N13/csum/gcppos1 [N..12]; not=01,02,415,8006,8020,8026 link=-
30; Q; N..8; needs=01,02
310* 311* 312* 313* 314* 315* 316* 320* 321* 322* 323* 324* 325* 326* 327* 328* 329* 350* \
    351* 352* 356* 357* 360* 361* 364* 365* 366*; FQ; N6; needs=01,02 not=~
330* 331* 332* 333* 334* 335* 336* 340* 341* 342* 343* 344* 345* 346* 347* 348* 349* 353* \
    354* 355* 362* 363* 367* 368* 369*; FQ; N6; needs=00,01 not=~
337*; FQ; N6; needs=01 not=~
37; Q; N..8; needs=00+02,00+8026
3900-3909; Q; N..15; needs=255,8020 not=~,391n,394n,8111
3910-3919; Q; N3/iso4217 N..15; needs=8020 not=~
3920-3929; Q; N..15; needs=01+30,01+31nn,01+32nn,01+35nn,01+36nn not=~,393n
3930-3939; Q; N3/iso4217 N..15; needs=30,31nn,32nn,35nn,36nn not=~
3940-3943; Q; N4; needs=255 not=~,8111
395*; Q; N6; needs=30,31nn,32nn,35nn,36nn not=392n,393n,~,8005
400 90; Q; X..30
401; Q; X..30/gcppos1; link=-
402; Q; N17/csum/gcppos1; link=-
403 4308 4319; Q; X..30; needs=00
410 411 412 413 416; FQ; N13/csum/gcppos1
414; FQ; N13/csum/gcppos1; link=254|7040
415; FQ; N13/csum/gcppos1; needs=8020 link=8020
417; FQ; N13/csum/gcppos1; link=7040
420; Q; X..20; not=421
421; Q; N3/iso3166 X..9; not=4307
422; Q; N3/iso3166; needs=01,02,03,8006,8026 not=426
423 425; Q; N3/iso3166 [N3]/iso3166 [N3]/iso3166 [N3]/iso3166 [N3]/iso3166; needs=01,02,03 not=426
424; Q; N3/iso3166; needs=01,02,03 not=426
426; Q; N3/iso3166; needs=01,02,03
427; Q; X..3; needs=01+422,02+422,03+422
4300 4301 4310 4311 4320; Q; X..35/pcenc; needs=00
4302 4304 4305 4306 4312 4314 4315 4316; Q; X..70/pcenc; needs=00
4303; Q; X..70/pcenc; needs=4302
4307 4317; Q; X2/iso3166alpha2; needs=00
4309; Q; N10/latitude N10/longitude; needs=00
4313; Q; X..70/pcenc; needs=4312
4318; Q; X..20; needs=00
4321 4322 4323; Q; N1/yesno; needs=00
4324 4325; Q; N6/yymmd0 N4/hhmi; needs=00
4326; Q; N6/yymmdd; needs=00
4330; Q; N6 [X1]/hyphen; needs=00 not=4331
4331; Q; N6 [X1]/hyphen; needs=00 not=4330
4332; Q; N6 [X1]/hyphen; needs=00 not=4333
4333; Q; N6 [X1]/hyphen; needs=00 not=4332
7001; Q; N13; needs=01,02,8006,8026
7002; Q; X..30; needs=01,02
7003; Q; N6/yymmdd N4/hhmi; needs=01,02,03
7004; Q; N..4; needs=01+10,03+10
7005; Q; X..12; needs=01,02
7006; Q; N6/yymmdd; needs=01,02
7007; Q; N6/yymmdd [N6]/yymmdd; needs=01,02
7008; Q; X..3; needs=01,02
7009; Q; X..10; needs=01,02
7010; Q; X..2; needs=01,02,03
7011; Q; N6/yymmdd [N4]/hhmi; needs=01,02,03
7020; Q; X..20; needs=01+416,03+416,8006+416
7021 8012; Q; X..20; needs=01,03,8006
7022; Q; X..20; needs=01+7021,03+7021,8006+7021
7023; Q; X..30/gcppos1
7030 7031 7032 7033 7034 7035 7036 7037 7038 7039; Q; N3/iso3166999 X..27; needs=01,02
7040; .; N1 X1 X1 X1/importeridx
7041; .; X..4/packagetype; needs=00
710 711 712 713 714 715 716 717; Q; X..20; needs=01
7230 7231 7232 7233 7234 7235 7236 7237 7238 7239; Q; X2 X..28; needs=01,8004
7240; Q; X..20; needs=01,8006 not=03
7241; Q; N2/mediatype; needs=8017,8018
7242; Q; X..25; needs=8017,8018
7250; Q; N8/yyyymmdd; needs=8018 not=7251
7251; Q; N8/yyyymmdd N4/hhmi; needs=8018 not=7250
7252; Q; N1/iso5218; needs=8018
7253 7254; Q; X..40/pcenc; needs=8017,8018 not=7256,7259
7255; Q; X..10; needs=8017,8018 not=7256,7259
7256; Q; X..90/pcenc; needs=8017,8018
7257; Q; X..70/pcenc; needs=8018
7258; Q; X3/posinseqslash; needs=8018+7259
7259; Q; X..40/pcenc; needs=8018 not=7256
8001; Q; N4/nonzero N5/nonzero N3/nonzero N1/winding N1; needs=01
8002; Q; X..20
8003; Q; N1/zero N13/csum/gcppos1 [X..16]; link=-
8004; Q; X..30/gcppos1; link=7040
8005; Q; N6; needs=01,02
8006; Q; N14/csum/gcppos2 N4/pieceoftotal; not=01,03,37 link=22,10,21
8007; Q; X..34/iban; needs=415
8008; Q; N6/yymmdd N2/hh [N2]/mi [N2]/ss; needs=01,02,03
8009; Q; X..50; needs=00,01,03
8010; Q; Y..30/gcppos1; link=8011
8011; .; N..12/nozeroprefix; needs=8010
8013; Q; X..25/csumalpha/gcppos1; link=-
8014; .; X..25/csumalpha/gcppos1/hasnondigit; needs=01
8017; Q; N18/csum/gcppos1; not=8018 link=8019
8018; Q; N18/csum/gcppos1; not=8017 link=8019
8019; .; N..10; needs=8017,8018
8020; .; X..25; needs=415
8026; Q; N14/csum/gcppos2 N4/pieceoftotal; needs=37 not=02,03,8006
8030; Q; Z..90; needs=00,01+21,03+21,253,255,8003,8004,8006+21,8010+8011,8017,8018
8040; .; N15; needs=01+21
8041; .; N15; needs=01+21+8040
8042; .; N32; needs=01+21+8040
8043; .; N18 [N..2]; needs=01+21+8040
8110; Q; X..70/couponcode
8111; Q; N4; needs=255
8112; Q; X..70/couponposoffer
8200; .; X..70; needs=01
91-99; Q; X..90
"""

_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:/\w+)*)")


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a value: its character set, length and checks."""

    charset: str
    least: int
    most: int
    optional: bool
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One application identifier.

    Attributes:
        ai: Two to four digits.
        predefined: Its length is known from its first digits; no separator follows.
        in_query: May stand in the query of a Digital Link.
        components: Parts of the value, in order.
        needs: Alternatives, each a set of AI patterns that must all be there.
        excludes: AI patterns that must not be there.
        qualifiers: None when it is no primary key of a Digital Link; else the permitted sequences
            of qualifier AIs, the empty one among them.
    """

    ai: str
    predefined: bool
    in_query: bool
    components: tuple[Component, ...]
    needs: tuple[tuple[str, ...], ...]
    excludes: tuple[str, ...]
    qualifiers: tuple[tuple[str, ...], ...] | None


def identifier_at(text: str, at: int = 0) -> Identifier | None:
    """The identifier whose digits begin at `at`; None when GS1 has assigned none."""
    known = identifiers()
    for length in (2, 3, 4):
        found = known.get(text[at : at + length])
        if found is not None:
            return found
    return None


@cache
def identifiers() -> dict[str, Identifier]:
    """Every assigned identifier by its digits."""
    found: dict[str, Identifier] = {}
    for line in _TABLE.strip().splitlines():
        ais, flags, components, attributes = [*line.split("; "), ""][:4]
        parts = tuple(_component(part) for part in components.split())
        rules = dict(rule.split("=", 1) for rule in attributes.split())
        for ai in (each for span in ais.split() for each in _span(span)):
            found[ai] = Identifier(
                ai=ai,
                predefined="F" in flags,
                in_query="Q" in flags,
                components=parts,
                needs=tuple(tuple(one.split("+")) for one in _list(rules.get("needs", ""))),
                excludes=tuple(
                    ai[:3] + "n" if one == "~" else one for one in _list(rules.get("not", ""))
                ),
                qualifiers=_qualifiers(rules.get("link")),
            )
    return found


def matches(ai: str, pattern: str) -> bool:
    """Whether `ai` is what `pattern` names; `n` stands for any digit."""
    return len(ai) == len(pattern) and all(
        want in ("n", have) for have, want in zip(ai, pattern, strict=True)
    )


def _list(text: str) -> list[str]:
    return text.split(",") if text else []


def _qualifiers(text: str | None) -> tuple[tuple[str, ...], ...] | None:
    if text is None:
        return None
    return ((), *(tuple(one.split(",")) for one in text.split("|") if one != "-"))


def _span(span: str) -> tuple[str, ...]:
    if span.endswith("*"):
        return tuple(f"{span[:-1]}{last}" for last in range(6))
    first, _, last = span.partition("-")
    return tuple(str(ai).zfill(len(first)) for ai in range(int(first), int(last or first) + 1))


def _component(text: str) -> Component:
    found = _COMPONENT.fullmatch(text)
    if found is None:
        raise ValueError(f"a component that cannot be read: {text}")
    optional, charset, upto, length, checks = found.groups()
    return Component(
        charset=charset,
        least=1 if upto else int(length),
        most=int(length),
        optional=bool(optional),
        checks=tuple(checks.split("/")[1:]),
    )
