"""Runs under Tryton: stock moves made and done, in bulk and one by one, in process and by RPC.

`tryton_moves.py URI FOLDER COUNT NAME`: `sqlite://`, or a PostgreSQL server with an empty database.
By RPC a bare move cannot be done; a person goes through an internal shipment, measured with
100 moves and with 1.
"""

import base64
import datetime
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

URI, FOLDER, COUNT = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
NAME, PASSWORD = sys.argv[4], "measured-and-thrown-away"
BULK, SINGLES, SHIPMENTS = 1_000, 60, 5
PRODUCTS = 200
BIN = Path(sys.executable).parent

FOLDER.mkdir(parents=True, exist_ok=True)
CONFIG = FOLDER / "trytond.conf"
CONFIG.write_text(f"[database]\nuri = {URI}\npath = {FOLDER}\n", encoding="utf-8")


def make_database() -> None:
    """Tables and modules as `trytond-admin` makes them."""
    if URI.startswith("sqlite"):
        (FOLDER / f"{NAME}.sqlite").touch()
    password = FOLDER / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    admin = [str(BIN / "trytond-admin"), "-c", str(CONFIG), "-d", NAME]
    said = {**os.environ, "TRYTONPASSFILE": str(password)}
    stock = ["-u", "stock", "--activate-dependencies"]
    for more in (["--all", "--email", "a@example.org"], stock):
        subprocess.run([*admin, *more], env=said, check=True, stdout=subprocess.DEVNULL)


make_database()

from trytond import config  # noqa: E402

config.update_etc(str(CONFIG))

from trytond.pool import Pool  # noqa: E402
from trytond.transaction import Transaction  # noqa: E402

Pool.start()
pool = Pool(NAME)
pool.init()


# Nobody's rules stand in its way.
ROOT = 0


def at_hall(company=None, user=ROOT):
    return Transaction().start(NAME, user, context={"company": company} if company else {})


def set_up():
    """A company, two hundred products, the places moves go between."""
    with at_hall():
        euro, *_ = pool.get("currency.currency").create(
            [{"name": "Euro", "symbol": "E", "code": "EUR", "numeric_code": "978"}]
        )
        pool.get("currency.currency.rate").create([{"currency": euro.id, "rate": Decimal(1)}])
        party, *_ = pool.get("party.party").create([{"name": "Halle Nord"}])
        company, *_ = pool.get("company.company").create([{"party": party.id, "currency": euro.id}])
        user = pool.get("res.user")
        admin = user.search([("login", "=", "admin")])
        user.write(admin, {"companies": [("add", [company.id])], "company": company.id})
        company, euro = company.id, euro.id
    with at_hall(company):
        unit, *_ = pool.get("product.uom").search([("name", "=", "Unit")])
        template, *_ = pool.get("product.template").create(
            [{"name": "Mug", "type": "goods", "default_uom": unit.id, "products": None}]
        )
        product = pool.get("product.product")
        products = []
        # SQLite's parser has an end: its check for doubles asks about a whole batch in one term.
        for first in range(0, PRODUCTS, 20):
            made = product.create(
                [{"template": template.id, "code": f"SKU-{first + number}"} for number in range(20)]
            )
            products += [one.id for one in made]
        location = pool.get("stock.location")
        storage, *_ = location.search([("code", "=", "STO")])
        supplier, *_ = location.search([("code", "=", "SUP")])
        bench, *_ = location.create(
            [{"name": "Bench 3", "code": "B3", "type": "storage", "parent": storage.id}]
        )
    return company, euro, unit.id, products, supplier.id, storage.id, bench.id


company, euro, unit, products, supplier, storage, bench = set_up()
today = datetime.datetime.now(datetime.UTC).date()


def rows(count):
    return [
        {
            "product": products[number % PRODUCTS],
            "unit": unit,
            "quantity": 1,
            "from_location": supplier,
            "to_location": storage,
            "company": company,
            "currency": euro,
            "unit_price": Decimal(1),
            "effective_date": today,
            "planned_date": today,
        }
        for number in range(count)
    ]


def post(count):
    """Make and do so many moves in one durable transaction; seconds it took."""
    move = pool.get("stock.move")
    begun = time.perf_counter()
    with at_hall(company):
        move.do(move.create(rows(count)))
    return time.perf_counter() - begun


class Rpc:
    """JSON-RPC with a session: what Tryton's own client speaks."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        web = FOLDER / "web.conf"
        web.write_text(
            CONFIG.read_text() + f"[web]\nlisten = localhost:{self.port}\n", encoding="utf-8"
        )
        self.server = subprocess.Popen(
            [str(BIN / "trytond"), "-c", str(web), "-d", NAME],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", self.port)) == 0:
                    break
            time.sleep(0.2)
        self.line = http.client.HTTPConnection("localhost", self.port, timeout=300)
        self.session = ""
        user, key, *_ = self.call("common.db.login", "admin", {"password": PASSWORD}, None)
        self.session = base64.b64encode(f"admin:{user}:{key}".encode()).decode()

    def call(self, method, *params):
        head = {"Content-Type": "application/json"}
        if self.session:
            head["Authorization"] = f"Session {self.session}"
        body = json.dumps({"id": 1, "method": method, "params": params})
        self.line.request("POST", f"/{NAME}/rpc/", body, head)
        answer = json.loads(self.line.getresponse().read())
        if isinstance(answer, dict) and answer.get("error"):
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"] if isinstance(answer, dict) else answer

    def ship(self, count):
        """An internal shipment of so many moves, from draft to done; seconds it took."""
        day = {"__class__": "date", "year": today.year, "month": today.month, "day": today.day}
        moves = [
            {
                "product": products[number % PRODUCTS],
                "unit": unit,
                "quantity": 1,
                "from_location": storage,
                "to_location": bench,
            }
            for number in range(count)
        ]
        context = {"company": company}
        shipment = {
            "from_location": storage,
            "to_location": bench,
            "planned_date": day,
            "planned_start_date": day,
            "company": company,
            "moves": [["create", moves]],
        }
        name = "model.stock.shipment.internal"
        begun = time.perf_counter()
        ids = self.call(f"{name}.create", [shipment], context)
        for step in ("wait", "assign_force", "do"):
            self.call(f"{name}.{step}", ids, context)
        took = time.perf_counter() - begun
        (found,) = self.call(f"{name}.read", ids, ["state"], context)
        assert found["state"] == "done", found
        return took

    def close(self):
        self.server.terminate()
        self.server.wait()


post(BULK)
bulk = [post(BULK) for _ in range(max(1, COUNT // BULK))]
singles = sorted(post(1) for _ in range(SINGLES))
rpc = Rpc()
try:
    rpc.ship(10)
    hundred = [rpc.ship(100) for _ in range(SHIPMENTS)]
    one = sorted(rpc.ship(1) for _ in range(SHIPMENTS * 4))
finally:
    rpc.close()
print(
    json.dumps(
        {
            "bulk_per_s": BULK * len(bulk) / sum(bulk),
            "single_per_s": SINGLES / sum(singles),
            "single_p50_ms": statistics.median(singles) * 1e3,
            "single_p99_ms": singles[-1] * 1e3,
            "rpc_100_per_s": 100 * len(hundred) / sum(hundred),
            "rpc_1_per_s": len(one) / sum(one),
        }
    )
)
