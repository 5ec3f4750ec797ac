"""Tours: a page at a time, by somebody who may everything there, and whose hand slips often.

What chance comes by once in two hundred floors is met here on purpose: every page is opened, worked
at, pressed and scanned at for a while, and afterwards everything holds as after any other shift.
"""

from dataclasses import replace
from pathlib import Path
from random import Random

from app.simulation import goods
from app.simulation.bench import Bench
from app.simulation.people import Person
from app.station.inbox import Do, Intent
from app.station.menu import MENU
from app.station.screen import Page
from tests.simulation.schedules import Stage, healed, stage

# So long that every key and card of a page is met.
STEPS = 120
STEP_MS = 1_500
# Between two rounds of the sync.
ROUND = 12
# Steps until a page must be open.
PATIENCE = 40
PAGES = (
    *(one.page for one in MENU),
    Page.PACK,
    Page.LOOKUP,
    Page.UNDO,
    Page.HOME,
)
_BY_KEY = {Page.PACK: Intent.NEXT, Page.LOOKUP: Intent.LOOKUP, Page.UNDO: Intent.UNDO}
# Whoever plans, edits and exports; everywhere else whoever leads.
_CONTROLLED = frozenset({Page.PLAN, Page.EDIT, Page.REPORTS, Page.SETTINGS})


def tour(folder: Path, page: Page, steps: int = STEPS) -> list[str]:
    """Work at one page for so many steps; what does not hold afterwards."""
    with stage(folder, Random(page.value)) as ready:
        bench = ready.benches[0]
        world = ready.floor.world
        world.knobs = replace(
            world.knobs, fumble=0.2, cards=0.3, clumsy=0.3, tasks=(page.value,), identity=""
        )
        ready.floor.office.act()
        person = ready.floor.people[bench.name]
        for n in range(steps):
            if n % ROUND == 0:
                _news(ready, bench)
            _go(ready, bench, person, page)
            _step(ready, person)
        return healed(ready)


def _step(ready: Stage, person: Person) -> None:
    ready.floor.world.agenda.pass_ms(STEP_MS)
    person.act()


def _news(ready: Stage, bench: Bench) -> None:
    """The office does something, and the station hears of it."""
    ready.floor.office.act()
    ready.sync(bench)
    bench.desk.link_changed("online", "", None)


def _go(ready: Stage, bench: Bench, person: Person, page: Page) -> None:
    """Until the page is open: sign in, answer what is asked, begin the task."""
    who = goods.CONTROLLER if page in _CONTROLLED else goods.LEADER
    for _ in range(PATIENCE):
        screen = bench.senses.screen
        if screen is None or screen.page is page:
            return
        if screen.page is Page.SIGN_IN:
            ready.sign_in(bench, who)
        elif screen.proof is not None or screen.locked:
            _step(ready, person)
        elif screen.page is not Page.HOME:
            bench.handle(Do(Intent.HOME))
        elif page in _BY_KEY:
            bench.handle(Do(_BY_KEY[page]))
        else:
            ready.scan(bench, f"CMD:TASK-{page.value.upper()}")
