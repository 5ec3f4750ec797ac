"""What a load balancer, a scraper and a developer ask: health, readiness, metrics, description."""

from collections.abc import Awaitable, Callable, Mapping

import sqlalchemy as sa
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.pool import QueuePool

from app.contract.messages import Answer
from app.errors import Trouble
from app.ledger import feed, migrate
from app.ledger.jobs import Jobs
from app.ledger.service import LedgerService
from app.ledger.tables import exception, site
from app.ledger.web.answers import response, zipped
from app.ledger.web.bearers import check_scope
from app.ledger.web.desk import AnyRequest, Desk
from app.ledger.web.journal import note
from app.ledger.web.meters import TEXT_TYPE, Labels, family, gauge
from app.ledger.web.problems import JSON_TYPE, Reply, answer, of_resource_error, problem
from app.ledger.web.route import Bearer, Route, Scope


class Health(Answer, frozen=True):
    """The process is up and can read; `epoch` says which history."""

    status: str
    epoch: str


class Ready(Answer, frozen=True):
    """The schema is this program's, the database can be written, and nobody is stopping it."""

    status: str


HEALTH = Route(
    method="GET",
    path="/healthz",
    summary="Whether the process is up and can read its database.",
    scope=Scope.OPEN,
    answer=Health,
    example=Health(status="ok", epoch="01980a00-5d10-7c3e-9a41-2f60b8c7d1e2"),
)
READY = Route(
    method="GET",
    path="/readyz",
    summary="Whether to send requests here: migrated, writable, not stopping.",
    scope=Scope.OPEN,
    answer=Ready,
    example=Ready(status="ready"),
)
METRICS = Route(
    method="GET",
    path="/metrics",
    summary="Counters in the Prometheus text format; by site for the sites of the bearer.",
    scope=Scope.READ,
    answer=str,
    example='# TYPE packhouse_feed_head gauge\npackhouse_feed_head{site="BER1"} 4712\n',
    content_type=TEXT_TYPE,
)
ROUTES = (HEALTH, READY, METRICS)

_Asked = Callable[[AnyRequest], Awaitable[Reply]]


def handlers(desk: Desk) -> Mapping[str, HTTPRouteHandler]:
    """The framework's handler of each of these routes, by its name in the table."""

    async def health(_request: AnyRequest) -> Reply:
        epoch = (await desk.work(desk.service.hello)).epoch
        return answer(Health(status="ok", epoch=epoch))

    async def ready(_request: AnyRequest) -> Reply:
        if desk.watch.closed:
            return problem(503, "stopping", "This server is stopping. Ask another one.")
        await desk.work(lambda: _writable(desk.service))
        return answer(Ready(status="ready"))

    async def metrics(request: AnyRequest) -> Reply:
        bearer = await desk.bearer(request)
        check_scope(METRICS, bearer)
        told = [*desk.meters.lines(), *desk.poster.meters()]
        told += _jobs(desk.jobs)
        told += await desk.work(lambda: _gauges(desk.service, bearer))
        return Reply(200, TEXT_TYPE, ("\n".join(told) + "\n").encode())

    return {
        HEALTH.name: _address(HEALTH, health),
        READY.name: _address(READY, ready),
        METRICS.name: _address(METRICS, metrics),
    }


def description(made: Callable[[], bytes]) -> HTTPRouteHandler:
    """The address of the description itself."""

    @get("/openapi.json")
    async def handler(request: AnyRequest) -> Response[bytes]:
        note().route = "GET /openapi.json"
        reply = Reply(200, JSON_TYPE, made())
        zips = "gzip" in request.headers.get("accept-encoding", "")
        return response(zipped(reply) if zips else reply)

    return handler


def _address(route: Route, ask: _Asked) -> HTTPRouteHandler:
    @get(route.path)
    async def handler(request: AnyRequest) -> Response[bytes]:
        note().route = route.name
        try:
            return response(await ask(request))
        except Exception as error:  # noqa: BLE001 - the border: every error becomes an answer
            return response(of_resource_error(error))

    return handler


def _writable(service: LedgerService) -> None:
    """Fail unless the schema is this program's and a row can be written.

    Raises:
        Trouble: With what is missing.
    """
    with service.database.read() as connection:
        schema = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if schema != migrate.HEAD:
        raise Trouble("The database has another schema than this program. Restart the server.")
    with service.database.write() as connection:
        connection.execute(sa.update(site).where(site.c.n == -1).values(name=""))


def _gauges(service: LedgerService, bearer: Bearer) -> list[str]:
    with service.database.read() as connection:
        names = {row.n: row.site for row in connection.execute(sa.select(site.c.n, site.c.site))}
        counts = connection.execute(
            sa.select(exception.c.site_n, exception.c.severity, sa.func.count())
            .where(exception.c.state != "closed")
            .group_by(exception.c.site_n, exception.c.severity)
        ).all()
    if bearer.site is not None:
        names = {bearer.site.n: bearer.site.site}
    heads = feed.heads(service.database)
    open_: dict[Labels, float] = {
        (("site", names[n]), ("severity", severity)): count
        for n, severity, count in counts
        if n in names
    }
    return [
        *gauge(
            "packhouse_feed_head",
            "Last row of each site's feed.",
            {(("site", name),): heads[n] for n, name in names.items() if n in heads},
        ),
        *gauge("packhouse_exceptions_open", "Open exceptions by severity.", open_),
        *gauge("packhouse_database_connections", "Connections in use.", _pool(service)),
    ]


def _jobs(jobs: Jobs) -> list[str]:
    seen = [((("job", name),), one) for name, one in jobs.samples()]
    return [
        *family(
            "packhouse_job_runs_total",
            "counter",
            "Runs of jobs by this process.",
            [(label, one.runs) for label, one in seen],
        ),
        *family(
            "packhouse_job_failures_total",
            "counter",
            "Runs that failed.",
            [(label, one.failures) for label, one in seen],
        ),
        *gauge(
            "packhouse_job_seconds",
            "How long the last run took.",
            {label: round(one.took_s, 3) for label, one in seen},
        ),
        *gauge("packhouse_jobs_leader", "Whether this process runs them.", {(): int(jobs.leads)}),
    ]


def _pool(service: LedgerService) -> dict[Labels, float]:
    engines = {"read": service.database.reader, "write": service.database.writer}
    return {
        (("pool", name), ("of", what)): value
        for name, engine in engines.items()
        if isinstance(engine.pool, QueuePool)
        for what, value in (("in_use", engine.pool.checkedout()), ("size", engine.pool.size()))
    }
