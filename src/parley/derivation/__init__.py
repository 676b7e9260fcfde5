"""From statements to findings, stage by stage: pure functions of what is stated; see `stages`."""

from parley.derivation.stages import Held, Part, Said, derive, held_of, said_in

__all__ = ["Held", "Part", "Said", "derive", "held_of", "said_in"]
