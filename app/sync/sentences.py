"""What is said of trouble on the way to the ledger: of work that is kept, and of a question.

Without httpx: a station that has no ledger yet shows them, too.
"""

UNREACHABLE = (
    "The ledger cannot be reached. Work goes on and is kept here; it is sent by itself when the"
    " connection is back."
)
SLOW = "The ledger did not answer in time. Work goes on and is kept here; it is tried again."
CUT = "The connection to the ledger broke off. Work goes on and is kept here; it is tried again."
ODD = (
    "The ledger's answer cannot be read. Work goes on and is kept here. If this stays, ask IT what"
    " stands between this station and the ledger."
)
HUGE = (
    "The ledger's answer is larger than it may be. It was thrown away and is asked for in smaller"
    " pieces."
)
STRANGER = (
    "Something other than the ledger answered, such as a sign-in page of the network. Work goes on"
    " and is kept here. Ask IT about the connection."
)
TOO_MANY = (
    "The ledger's answer holds more than it may. It was thrown away and is asked for in smaller"
    " pieces."
)
DISTRESS = "The ledger has a problem of its own. Work goes on and is kept here; it is tried again."
NOT_UNDERSTOOD = (
    "The ledger did not accept what was sent. It is kept here and tried again in smaller pieces."
)
BUSY = "The ledger is busy. Work goes on and is kept here; it is sent when the ledger asks for it."
NO_FIT = (
    "The ledger gave an answer that does not fit the question. Nothing was changed; it is asked"
    " again. If this stays, report it to IT."
)
TOO_LARGE = "That was more than the ledger takes at once. It is sent in smaller pieces."

# The same for what somebody asked once and waits for: nothing of it is kept, nothing is tried again
# by itself; whoever asked does that.
_AWAY = "The ledger cannot be reached, so nothing was asked. Try again when the connection is back."
_NO_ANSWER = "The ledger's answer did not arrive. Try again; nothing counts twice."
_BUSY = "The ledger is busy. Try again in a minute; nothing counts twice."
_DISTRESS = "The ledger has a problem of its own. Try again; if this stays, tell IT."
_NOT_UNDERSTOOD = (
    "The ledger did not accept the question. Nothing was changed. Ask IT whether station and ledger"
    " are of versions that fit."
)
_STRANGER = (
    "Something other than the ledger answered, such as a sign-in page of the network. Nothing was"
    " changed. Ask IT about the connection."
)

ONCE = {
    UNREACHABLE: _AWAY,
    SLOW: _NO_ANSWER,
    CUT: _NO_ANSWER,
    ODD: _STRANGER,
    HUGE: _STRANGER,
    STRANGER: _STRANGER,
    TOO_MANY: _STRANGER,
    DISTRESS: _DISTRESS,
    NOT_UNDERSTOOD: _NOT_UNDERSTOOD,
    BUSY: _BUSY,
    TOO_LARGE: _NOT_UNDERSTOOD,
}
