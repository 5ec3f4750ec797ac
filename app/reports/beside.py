"""A report for the page that asked: into the exports folder, and what became of it in a word."""

from collections.abc import Callable

from app.catalogue import Catalogue
from app.errors import PackhouseError
from app.opened import OpenBook
from app.reports.making import FOLDER, Paper, ReportMaker
from app.settings import StationSettings
from app.station.reporting import ReportAnswer, ReportRequest


def answer(
    opened: OpenBook,
    settings: StationSettings,
    request: ReportRequest,
    means: tuple[Paper | None, Callable[[], bool]],
) -> ReportAnswer:
    """Make the report; never raises for what a person can mend.

    Args:
        opened: The station's files.
        settings: As they are now: folder and language.
        request: Which report.
        means: What draws PDF, None where there is no window; and whether the program ends.
    """
    paper, stopped = means
    folder = settings.data_dir / FOLDER
    maker = ReportMaker(opened.book, Catalogue.load(settings.language), paper, stopped=stopped)
    try:
        made = maker.make(request, folder / maker.file_name(request))
    except PackhouseError as error:
        code = str(getattr(error, "code", ""))
        return ReportAnswer(request.id, code=code, sentence=error.say)
    return ReportAnswer(request.id, made.path.name, str(folder), made.rows)
