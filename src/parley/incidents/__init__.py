"""Reports about the same happening become incidents with an account per source; two sides' counts become tallies.

`matched` sets accounts side by side, marks where they differ and says what was not compared; `standing` says which of
people's judgements hold; `revise` says which reports hold after corrections, withdrawals and people's acts; `repeated`
says which reports say again what their source said before;
`review_state` says what people decided on statements of articles, and which reports follow;
`unplaced` says which event reports made no incident and why; `tally` pairs the bulletins of one day; `series` holds a
publisher's bulletins against each other; `of_their_sides` names what a party says through others with the party;
`warnings` says what is perhaps a slip in a report;
`learned_weights` gives a centre weights of its own; `id_of` and `entry_of` go from a report's entry to its incident's
id and back. How two reports are compared and assigned stands in `linkage`.
"""

from parley.incidents.acts import undone
from parley.incidents.drawn import Drawn, draw, drawn_of, otherwise
from parley.incidents.ids import entry_of, id_of
from parley.incidents.judgements import Standing, contradicted, of_versions, standing
from parley.incidents.linkage.weights import Weights
from parley.incidents.matching import Compared, Matched, Weigh, compared, match, matched
from parley.incidents.origins import origins
from parley.incidents.placed import unplaced
from parley.incidents.reading import ordered
from parley.incidents.repeated import RETOLD, Repeated, glance, repeated
from parley.incidents.reviews import review_state, tellings
from parley.incidents.revising import NOTHING_SHIFTED, revise
from parley.incidents.series import series
from parley.incidents.sides import of_their_sides
from parley.incidents.tallies import tally
from parley.incidents.warnings import Known, Positions, box_of, positions, warnings
from parley.incidents.weighing import learned_weights, weights_of

__all__ = [
    "NOTHING_SHIFTED",
    "RETOLD",
    "Compared",
    "Drawn",
    "Known",
    "Matched",
    "Positions",
    "Repeated",
    "Standing",
    "Weigh",
    "Weights",
    "box_of",
    "compared",
    "contradicted",
    "draw",
    "drawn_of",
    "entry_of",
    "glance",
    "id_of",
    "learned_weights",
    "match",
    "matched",
    "of_their_sides",
    "of_versions",
    "ordered",
    "origins",
    "otherwise",
    "positions",
    "repeated",
    "review_state",
    "revise",
    "series",
    "standing",
    "tally",
    "tellings",
    "undone",
    "unplaced",
    "warnings",
    "weights_of",
]
