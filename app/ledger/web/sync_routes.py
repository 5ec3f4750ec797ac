"""The sync protocol in the table of routes: types and examples; `stations.py` carries it."""

from msgspec import Raw

from app.contract.codec import canonical, encode
from app.contract.digest import EMPTY, to_texts
from app.contract.messages import (
    PROTOCOL_VERSION,
    AsOf,
    BalanceRow,
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    ClaimRow,
    DigestAnswer,
    DigestPage,
    DigestQuery,
    Enrolled,
    EnrolRequest,
    FeedRow,
    Hello,
    HighWater,
    ItemRow,
    Line,
    MasterAnswer,
    MasterPage,
    MasterQuery,
    NewKey,
    NewKeyRequest,
    NumberBlock,
    Operation,
    PostAnswer,
    PostBatch,
    Posted,
    Reference,
    Result,
    Sent,
    SnapshotAnswer,
    SnapshotPage,
    SnapshotQuery,
    Token,
    TokenRequest,
)
from app.ledger.web.route import Route, Scope

_EPOCH = "01980a00-5d10-7c3e-9a41-2f60b8c7d1e2"
_ENROLMENT = "01980a11-0b52-7f1a-8f6e-77ad1c20b9f4"
_OPERATION = "01980a2c-91d4-7b09-b1de-3c5f64e8a07d"
_AT = "2026-03-02T07:14:05.120Z"
_HASH = "8f6e" * 16
_SIGNATURE = "77ad" * 32

_PACK = Operation(
    id=_OPERATION,
    kind="pack",
    contract_version=1,
    site="BER1",
    actor="p-anna",
    role="clerk",
    source_system="station/PACK-01",
    correlation_id=_OPERATION,
    recorded_at=_AT,
    as_of=AsOf(epoch=_EPOCH, cursor=4711),
    reference=Reference(document_kind="order", document="ORD-48213", parcel="P-1"),
    lines=(Line(item="SKU-1001", quantity=2, source="PACK-01", target="parcel/P-1", order_line=1),),
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/v1/post",
        summary="Post a batch of operations of one enrolment.",
        scope=Scope.STATION,
        question=PostBatch,
        answer=PostAnswer,
        example_question=PostBatch(
            protocol=PROTOCOL_VERSION,
            enrolment=_ENROLMENT,
            epoch=_EPOCH,
            cursor=4711,
            chain=_HASH,
            operations=(Sent(seq=1, id=_OPERATION, digest=_HASH, body=Raw(canonical(_PACK))),),
            head_signature=_SIGNATURE,
        ),
        example=Posted(
            results=(Result(id=_OPERATION, outcome="posted", feed_seq=4712),),
            high_water=HighWater(
                enrolment=_ENROLMENT,
                epoch=_EPOCH,
                seq=1,
                digest=_HASH,
                at=_AT,
                signature=_SIGNATURE,
            ),
        ),
    ),
    Route(
        method="POST",
        path="/v1/changes",
        summary="The site's feed after a cursor; long-poll.",
        scope=Scope.STATION,
        question=ChangesQuery,
        answer=ChangesAnswer,
        example_question=ChangesQuery(
            protocol=PROTOCOL_VERSION, epoch=_EPOCH, cursor=4711, chain=_HASH, wait_s=25
        ),
        example=ChangesPage(
            epoch=_EPOCH,
            rows=(
                FeedRow(
                    seq=4712,
                    body=Raw(encode(ClaimRow(document="ORD-48213", state="free"))),
                    master=12,
                ),
            ),
            cursor=4712,
            chain=_HASH,
            head=4712,
            master_head=12,
            at=_AT,
        ),
    ),
    Route(
        method="POST",
        path="/v1/master",
        summary="Master data after a cursor.",
        scope=Scope.STATION,
        question=MasterQuery,
        answer=MasterAnswer,
        example_question=MasterQuery(protocol=PROTOCOL_VERSION, epoch=_EPOCH, cursor=11),
        example=MasterPage(
            epoch=_EPOCH,
            rows=(Raw(encode(ItemRow(sku="SKU-1001", name="Enamel mug, blue 350 ml"))),),
            cursor=12,
            head=12,
        ),
    ),
    Route(
        method="POST",
        path="/v1/snapshot",
        summary="A consistent picture of the site, page by page.",
        scope=Scope.STATION,
        question=SnapshotQuery,
        answer=SnapshotAnswer,
        example_question=SnapshotQuery(protocol=PROTOCOL_VERSION),
        example=SnapshotPage(
            snapshot=_ENROLMENT,
            epoch=_EPOCH,
            cursor=4712,
            chain=_HASH,
            master_cursor=12,
            page=0,
            pages=1,
            rows=(Raw(encode(BalanceRow(location="A-04-2", item="SKU-1001", quantity=40))),),
        ),
    ),
    Route(
        method="POST",
        path="/v1/digest",
        summary="Where a station's confirmed balances differ from the ledger's.",
        scope=Scope.STATION,
        question=DigestQuery,
        answer=DigestAnswer,
        example_question=DigestQuery(
            protocol=PROTOCOL_VERSION,
            epoch=_EPOCH,
            cursor=4712,
            chain=_HASH,
            buckets=to_texts(EMPTY),
        ),
        example=DigestPage(
            epoch=_EPOCH,
            cursor=4712,
            differing=(7, 41),
            told=(7, 41),
            rows=(BalanceRow(location="A-04-2", item="SKU-1001", quantity=40),),
        ),
    ),
    Route(
        method="POST",
        path="/v1/enrol",
        summary="Trade a one-time code for an enrolment.",
        scope=Scope.OPEN,
        question=EnrolRequest,
        answer=Enrolled,
        example_question=EnrolRequest(code="4Q7ZK2M9XB", public_key=_HASH, program_version="1.0"),
        example=Enrolled(
            enrolment=_ENROLMENT,
            station="PACK-01",
            site="BER1",
            epoch=_EPOCH,
            ledger_key=_HASH,
            sscc=NumberBlock(first="04012345000000001", count=10_000),
        ),
        codes=("bad_code", "bad_signature"),
    ),
    Route(
        method="POST",
        path="/v1/token",
        summary="Trade a signed request for a bearer token.",
        scope=Scope.OPEN,
        question=TokenRequest,
        answer=Token,
        example_question=TokenRequest(
            enrolment=_ENROLMENT, nonce=_HASH, at=_AT, signature=_SIGNATURE
        ),
        example=Token(token=_HASH, expires_in_s=3600),
        codes=("not_enrolled", "bad_signature", "clock_wrong", "wrong_audience"),
    ),
    Route(
        method="POST",
        path="/v1/key",
        summary="Let a new device key follow the old one; both sign.",
        scope=Scope.OPEN,
        question=NewKeyRequest,
        answer=NewKey,
        example_question=NewKeyRequest(
            enrolment=_ENROLMENT,
            public_key=_HASH,
            seq=4711,
            nonce=_HASH,
            at=_AT,
            signature=_SIGNATURE,
            proof=_SIGNATURE,
        ),
        example=NewKey(enrolment=_ENROLMENT, public_key=_HASH, seq=4711, at=_AT),
        codes=("not_enrolled", "revoked", "bad_signature", "clock_wrong"),
    ),
    Route(
        method="GET",
        path="/v1/hello",
        summary="Versions, epoch and clock.",
        scope=Scope.OPEN,
        answer=Hello,
        example=Hello(protocol_min=1, protocol_max=1, epoch=_EPOCH, at=_AT, version="1.0"),
    ),
)
