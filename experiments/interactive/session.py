"""State of an interactive session, and what keys and time make of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

MASS = 0.5  # kg, of a ball that a key puts into the hand
MOST_MASS = 3.0  # kg
PUSH, PUSH_TIME = 15.0, 0.2  # N, s


@dataclass(frozen=True)
class Session:
    """State of an interactive session; each transition returns a new one.

    Attributes:
        payload: Mass in the hand, unknown to the controller [kg].
        push: Force on the hand, to the arm's left if positive [N].
        push_end: Time at which it ends [s].
        last_push: Force of the last push [N].
        paused: True while time stands still.
        resets: Number of times that the arm was put back to its start.
        cause: Reason for which the safety layer stopped the arm; empty while it moves.
    """

    payload: float = 0.0
    push: float = 0.0
    push_end: float = 0.0
    last_push: float = -PUSH
    paused: bool = False
    resets: int = 0
    cause: str = ""

    @property
    def waits(self) -> bool:
        """True while the simulation stands still."""
        return self.paused or bool(self.cause)

    def pressed(self, key: str, time: float) -> "Session":
        """Return the state after a key; keys without a meaning change nothing.

        Args:
            key: Character of the key.
            time: Time since the arm was put to its start [s].
        """
        binding = KEYS.get(key)
        return self if binding is None else binding.act(self, time)

    def at(self, time: float) -> "Session":
        """Return the state at a time: a push ends."""
        return replace(self, push=0.0) if self.push and time >= self.push_end else self

    def halted(self, cause: str) -> "Session":
        """Return the state after the safety layer stopped the arm."""
        return replace(self, push=0.0, cause=cause)

    def _load(self, time: float) -> "Session":
        return replace(self, payload=min(MOST_MASS, self.payload + MASS))

    def _drop(self, time: float) -> "Session":
        return replace(self, payload=0.0)

    def _push(self, time: float) -> "Session":
        """Push from the side other than last time."""
        force = -self.last_push
        return replace(self, push=force, last_push=force, push_end=time + PUSH_TIME)

    def _pause(self, time: float) -> "Session":
        return replace(self, paused=not self.paused)

    def _reset(self, time: float) -> "Session":
        return Session(resets=self.resets + 1)


@dataclass(frozen=True)
class Binding:
    """Meaning of a key.

    Attributes:
        words: Words that explain it.
        act: Transition that it makes, given the state and the time [s].
    """

    words: str
    act: Callable[[Session, float], Session]


KEYS = {
    "6": Binding(f"{MASS:g} kg more", Session._load),
    "7": Binding("drop the load", Session._drop),
    "8": Binding(f"push, {PUSH:g} N", Session._push),
    "9": Binding("pause, go on", Session._pause),
    ".": Binding("back to the start", Session._reset),
}
"""Keys that MuJoCo's window leaves alone, and what they do."""
