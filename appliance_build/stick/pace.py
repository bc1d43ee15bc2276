"""How fast a stick takes and gives bytes, and so how long it will take."""

from dataclasses import dataclass, field

SAMPLE = 8 * 1024**2  # bytes of which a speed may be told


@dataclass
class Speed:
    """Bytes of one direction: those to come, and what was measured."""

    left: int = 0
    done: int = 0
    measured: int = 0
    seconds: float = 0.0

    def add(self, count: int, seconds: float) -> None:
        """Some bytes are done; without seconds they were there before."""
        self.left = max(0, self.left - count)
        self.done += count
        if seconds:
            self.measured += count
            self.seconds += seconds

    @property
    def rate(self) -> float:
        """Bytes a second; 0 if not known."""
        return self.measured / self.seconds if self.seconds else 0.0


@dataclass
class Pace:
    """Writing and reading of one stick."""

    writing: Speed = field(default_factory=Speed)
    reading: Speed = field(default_factory=Speed)

    def expect(self, write: int, read: int) -> None:
        """So many bytes more are to be written and to be read."""
        self.writing.left += write
        self.reading.left += read

    def wrote(self, count: int, seconds: float) -> None:
        self.writing.add(count, seconds)
        self.changed()

    def read(self, count: int, seconds: float) -> None:
        self.reading.add(count, seconds)
        self.changed()

    def changed(self) -> None:
        """For who shows it."""

    @property
    def done(self) -> int:
        return self.writing.done + self.reading.done

    @property
    def total(self) -> int:
        return self.done + self.writing.left + self.reading.left

    def seconds_left(self) -> float | None:
        """As far as the measured speeds tell; None before there are any.

        A stick reads at least as fast as it writes: until reading is measured, that counts.
        """
        writing, reading = self.writing, self.reading
        if writing.left and writing.measured < SAMPLE:
            return None
        reader = reading if reading.measured >= SAMPLE else writing
        if reading.left and reader.measured < SAMPLE:
            return None
        seconds = writing.left / writing.rate if writing.left else 0.0
        return seconds + (reading.left / reader.rate if reading.left else 0.0)
