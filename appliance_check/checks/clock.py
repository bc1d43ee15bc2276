"""Does the clock tell the time?"""

import time
from datetime import UTC, datetime

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed

YEARS_AHEAD = 10  # workshops use images that are years old
WATCHED = 0.2  # seconds
JUMP = 0.5  # seconds that both clocks may differ by meanwhile
YEAR = 365.25 * 24 * 3600
RTC = "/sys/class/rtc/rtc0/since_epoch"


class Clock(Check):
    id = "clock"
    title = "Clock"
    group = "Machine"
    proves = (
        "The clock is not before the appliance's own date nor years behind it, it runs, and the "
        "machine takes its hardware clock for UTC."
    )
    matters = (
        "With a wrong clock files seem older than they are, and tools that go by their times "
        "work again what is done, or do not work what is not."
    )
    remedy = (
        "Set the clock of your own computer and start the appliance again: it takes the time from "
        "there."
    )
    seconds = 0.2

    def run(self, context: Context) -> Result:
        dated = context.description["date"]
        earliest = datetime.fromisoformat(dated).replace(tzinfo=UTC).timestamp()
        now, drift = context.now(), _drift(context)
        said = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
        evidence = {"time": said, "appliance": dated, "drift_seconds": round(drift, 3)}
        if context.profile == "vm":
            evidence |= _hardware(context, now)
        if now < earliest:
            return failed(f"the clock says {said}, before the appliance was made", **evidence)
        if now > earliest + YEARS_AHEAD * YEAR:
            text = f"the clock says {said}, {YEARS_AHEAD} years or more after {dated}"
            return failed(text, **evidence)
        if abs(drift) > JUMP:
            return failed(f"the clock jumped by {drift:.1f} s in {WATCHED} s", **evidence)
        if evidence.get("hardware_clock") == "LOCAL":
            return failed(
                "the machine takes its hardware clock for local time",
                "`sudo timedatectl set-local-rtc 0`",
                **evidence,
            )
        return passed(said, **evidence)


def _drift(context: Context) -> float:
    """Seconds by which the clock on the wall gets ahead of one that only counts."""
    wall, counted = context.now(), time.monotonic()
    time.sleep(WATCHED)
    return (context.now() - wall) - (time.monotonic() - counted)


def _hardware(context: Context, now: float) -> dict:
    """Which time the hardware clock is taken for (hwclock(8), adjtime), and how far it is ahead.

    It is, by hours, after the host has slept: no fault, and nobody to correct it.
    """
    adjtime, rtc = context.at("/etc/adjtime"), context.at(RTC)
    lines = adjtime.read_text().split("\n") if adjtime.exists() else []
    found = {"hardware_clock": lines[2].strip() if len(lines) > 2 else "UTC"}
    if rtc.exists():
        found["hardware_clock_ahead_seconds"] = round(int(rtc.read_text()) - now)
    return found
