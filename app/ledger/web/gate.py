"""Who comes in by the door that is open to all, told in the journal: also who was turned away."""

from app.contract.messages import (
    Edited,
    EditPut,
    Enrolled,
    EnrolRequest,
    EscrowPut,
    EscrowTaken,
    Grant,
    GrantRequest,
    NewKey,
    NewKeyRequest,
    RecoveryAnswer,
    RecoveryAsked,
    Token,
    TokenRequest,
)
from app.ledger.journal import Act, Actor, tell
from app.ledger.service import LedgerService
from app.ledger.sites import Who
from app.ledger.web.journal import note

_ROLE = "station"
_NOBODY = "unknown"


class Gate:
    """Enrols and gives tokens, each with its event.

    Args:
        service: The ledger.
    """

    def __init__(self, service: LedgerService) -> None:
        self._service = service

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Trade a one-time code and a public key for an enrolment.

        Raises:
            Refusal: As the service does.
        """

        def do() -> Enrolled:
            answer = self._service.enrol(request)
            tell(
                object=f"enrolment {answer.enrolment}",
                after={
                    "station": answer.station,
                    "site": answer.site,
                    "public_key": request.public_key,
                    "previous": request.previous,
                },
            )
            return answer

        act = self._act("POST /v1/enrol", _NOBODY, f"key {request.public_key}")
        return self._service.journal.attempt(act, do)

    def token(self, request: TokenRequest) -> Token:
        """Trade a signed request for a bearer token.

        Raises:
            Refusal: As the service does.
        """
        act = self._act("POST /v1/token", request.enrolment, f"enrolment {request.enrolment}")

        def do() -> Token:
            answer = self._service.token(request)
            tell(after={"expires_in_s": answer.expires_in_s})
            return answer

        return self._service.journal.attempt(act, do)

    def new_key(self, request: NewKeyRequest) -> NewKey:
        """Let a station's new device key follow its old one.

        Raises:
            Refusal: As the service does.
        """
        act = self._act("POST /v1/key", request.enrolment, f"enrolment {request.enrolment}")
        return self._service.journal.attempt(act, lambda: self._service.new_key(request))

    def escrow(self, who: Who, put: EscrowPut) -> EscrowTaken:
        """Take a station's keys into custody; who only asks for the recovery key changes nothing.

        Raises:
            Refusal: As the service does.
        """
        if not put.sealed:
            return self._service.escrow.put(who, put)
        act = self._act("POST /v1/escrow", who.id, f"keys {put.vault}")
        return self._service.journal.attempt(act, lambda: self._service.escrow.put(who, put))

    def grant(self, who: Who, request: GrantRequest) -> Grant:
        """Let a person approve at a station while there is no link; guesses are told, too.

        Raises:
            Refusal: As the service does.
        """
        act = self._act("POST /v1/grants", who.id, f"person {request.person}")
        return self._service.journal.attempt(act, lambda: self._service.grants.grant(who, request))

    def edit(self, who: Who, put: EditPut) -> Edited:
        """Change master data at a station; who only looks changes nothing.

        Raises:
            Refusal: As the service does.
        """
        if bytes(put.after) == b"null":
            return self._service.editing.edit(who, put)
        act = self._act("POST /v1/edits", who.id, f"person {put.person}")
        return self._service.journal.attempt(act, lambda: self._service.editing.edit(who, put))

    def recovery(self, asked: RecoveryAsked) -> RecoveryAnswer:
        """Listen to a machine that lost its keys; asking how far it is changes nothing.

        Raises:
            Refusal: As the service does.
        """
        heard = self._service.escrow.heard(asked)
        if heard is not None:
            return heard
        act = self._act("POST /v1/recovery", _NOBODY, f"key {asked.public_key}")
        return self._service.journal.attempt(act, lambda: self._service.escrow.listen(asked))

    def _act(self, action: str, enrolment: str, what: str) -> Act:
        device = f"station:{enrolment}"
        actor = Actor(device, _ROLE, note().address or "local", device)
        return Act(actor, action, what, self._service.ids.new_id())
