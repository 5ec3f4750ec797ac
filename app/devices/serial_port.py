"""A serial line through pyserial: real ports, USB adapters, and pseudo-terminals in tests.

Three families of errors come out of a port that is pulled: `SerialException`, plain `OSError` from
`in_waiting`, and `termios.error`, which is no `OSError`. All become `Trouble`.
"""

import contextlib
import sys

import serial

from app.errors import Trouble

try:
    from termios import error as termios_error
except ImportError:  # Windows has no termios

    class termios_error(Exception):  # type: ignore[no-redef]  # noqa: N801 - as in termios
        """Stands in where there is none to catch."""


GONE = (serial.SerialException, OSError, termios_error)
# A scale's command is a few bytes; a line that does not take them for this long is dead or held.
WRITE_TIMEOUT_S = 1.0
BITS = {"5": serial.FIVEBITS, "6": serial.SIXBITS, "7": serial.SEVENBITS, "8": serial.EIGHTBITS}
PARITY = {"N": serial.PARITY_NONE, "E": serial.PARITY_EVEN, "O": serial.PARITY_ODD}
STOP = {"1": serial.STOPBITS_ONE, "2": serial.STOPBITS_TWO}
LEVEL = {"0": False, "1": True}


class CheckedSerial(serial.Serial):  # type: ignore[misc]  # pyserial has no types
    """A line whose parity is looked at: pyserial sets it, and on POSIX lets the kernel ignore it.

    A byte that came wrong is handed over as NUL, which no frame may hold. Windows needs none of it.
    """

    def _reconfigure_port(self, force_update: bool = False) -> None:
        """Also called for every change of the time-out, which would switch the check off again."""
        super()._reconfigure_port(force_update)
        if sys.platform == "win32" or self.parity == serial.PARITY_NONE:
            return
        import termios

        settings = termios.tcgetattr(self.fd)
        settings[0] |= termios.INPCK
        settings[0] &= ~(termios.IGNPAR | termios.PARMRK)
        termios.tcsetattr(self.fd, termios.TCSANOW, settings)


class SerialPort:
    """An open serial line, held exclusively.

    Args:
        path: `/dev/serial/by-id/…`, `/dev/ttyUSB0`, `COM3`, or a pseudo-terminal.
        options: `baud`, `bits`, `parity`, `stop`, `dtr`, `rts`; 9600 8N1 where nothing is said.

    Raises:
        Trouble: No such port, not allowed, held by another program, or an option makes no sense.
    """

    def __init__(self, path: str, options: dict[str, str]) -> None:
        self._path = path
        line = configured(options)
        line.port = path
        try:
            line.open()
            # Old bytes are no news: nobody was there to see what they were about.
            with contextlib.suppress(termios_error):
                line.reset_input_buffer()
        except GONE as error:
            with contextlib.suppress(*GONE):
                line.close()
            raise Trouble(
                f"The port {path} cannot be opened. Check the cable; it is tried again by itself.",
                detail=str(error),
            ) from error
        self._line = line

    def read(self, size: int, timeout_s: float) -> bytes:
        try:
            # Assigning makes pyserial configure the line anew, so only when it differs.
            if self._line.timeout != timeout_s:
                self._line.timeout = timeout_s
            first: bytes = self._line.read(1)
        except GONE as error:
            raise self._lost(error) from error
        if not first:
            return b""
        # Pulled between the two reads: the byte that did come counts, the next call says lost.
        with contextlib.suppress(*GONE):
            waiting = min(self._line.in_waiting, size - 1)
            more: bytes = self._line.read(waiting) if waiting > 0 else b""
            return first + more
        return first

    def write(self, data: bytes) -> None:
        try:
            self._line.write(data)
        except GONE as error:
            raise self._lost(error) from error

    def close(self) -> None:
        with contextlib.suppress(*GONE):
            self._line.close()

    def _lost(self, error: BaseException) -> Trouble:
        return Trouble(
            f"The port {self._path} was lost. Check the cable; it is tried again by itself.",
            detail=str(error),
        )


def configured(options: dict[str, str]) -> CheckedSerial:
    """A closed line with every option set, DTR and RTS included: some devices reset on them.

    Raises:
        Trouble: An option is unknown or has a value that makes no sense.
    """
    line = CheckedSerial(exclusive=True, write_timeout=WRITE_TIMEOUT_S)
    for name, value in options.items():
        try:
            match name:
                case "baud":
                    line.baudrate = int(value)
                case "bits":
                    line.bytesize = BITS[value]
                case "parity":
                    line.parity = PARITY[value.upper()]
                case "stop":
                    line.stopbits = STOP[value]
                case "dtr":
                    line.dtr = LEVEL[value]
                case "rts":
                    line.rts = LEVEL[value]
                case _:
                    raise Trouble(
                        f"A serial port has no option “{name}”. "
                        "Use baud, bits, parity, stop, dtr or rts."
                    )
        except (KeyError, ValueError) as error:
            raise Trouble(
                f"“{value}” is no {name} of a serial port; correct the address."
            ) from error
    return line
