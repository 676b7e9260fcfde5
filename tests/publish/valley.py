"""An invented day in an invented valley: two sides, a monitoring post, one truce of four clauses. All small, all typed.

`valley()` gives findings in which everything occurs that a daily report shows.
"""

from datetime import timedelta

from publish_builders import (
    DAY,
    NO_PLACE,
    TRUCE,
    answered,
    article,
    assessed,
    at,
    bulletin,
    card,
    claims,
    event,
    findings,
    incident,
    instant,
    place,
    recorded,
    row,
    unraised,
    whole_days,
)

from parley.model import (
    Assessment,
    Cause,
    Citation,
    Count,
    Crux,
    Findings,
    Flag,
    Interval,
    Problem,
    Settlement,
    Tally,
    TallyArea,
    Unknown,
    Value,
    Words,
    one,
)


def valley(left: str = "Ardelmark", right: str = "Bellowmar") -> Findings:
    """Return a full day: a rival incident, a plain one, an allegation, a tally, an article and a bad row."""
    west, east, post = f"{left} Record Office", f"{right} Record Office", "Monitoring Post 3"
    shot: dict[str, Value] = {
        "time": instant(6, 30),
        "place": place(),
        "area": one("Middle Reach"),
        "act": one("shelling"),
        "means": one("mortar"),
        "affected": one(left),
        "object": one("checkpoint"),
    }
    west_says = claims(
        **shot,
        actor=one(right),
        injured=Count(low=2, best=2, high=2),
        account=Words(text=f"A mortar of {right} hit the west checkpoint."),
    )
    east_says = claims(
        **{**shot, "time": instant(5)}, actor=one("Night Lanterns"), account=Words(text="We have not fired since five.")
    )
    post_says = claims(
        **{**shot, "time": Interval(start=at(4, 45), end=at(6, 45))},
        actor=Unknown(why=Cause(code="as-said", params={"said": "the crater does not tell"})),
        deaths=Count(low=0, best=0, high=0),
        injured=Count(low=1),
        account=Words(text="One fresh crater beside the west checkpoint; nobody had looked at a clock."),
    )
    convoy = claims(
        time=instant(14, 10),
        place=place("Marrowfen", 2000),
        area=one("Lower Reach"),
        act=one("deny-access"),
        actor=one("Night Lanterns"),
        object=one("aid-convoy"),
    )
    call = claims(time=instant(20, 15), act=one("shelling"), account=Words(text="They are shelling again."))
    before = DAY - timedelta(days=1)
    hill = claims(time=whole_days(before), place=place("Hill"), area=one("Middle Reach"), act=one("gunfire"))
    cited = Citation(publisher="Claims desk", published=DAY, address="https://exercise.invalid/claims")
    reports = recorded(
        event(west, "claims.csv", west_says, reference="C-003", citation=cited),
        event(east, "claims.csv", east_says, reference="C-004", citation=cited),
        event(post, "post-3.json", post_says, first_hand=False),
        event(post, "post-3.json", convoy, first_hand=True),
        event("Mission hotline", "hotline.json", call, reference="HL-7"),
        bulletin(left, [("Middle Reach", 3, "shelling", right), ("Lower Reach", 2, "gunfire", right)], 5),
        bulletin(
            right,
            [("Middle Reach", 1, "shelling", left), ("Upper Reach", 3, "gunfire", left)],
            5,
            unobserved=("Dunmirrow Hills",),
            flags=(Flag(code="sum-differs", params={"summed": 4, "stated": 5}),),
        ),
        article(),
        event("Hill Watch", "hill.json", hill),
    )
    rival = Interval(start=at(4, 45), end=at(6, 45))
    incidents = (
        incident(1, rival, {west: west_says, east: east_says, post: post_says}, (3, 4, 5)),
        incident(2, instant(14, 10), {post: convoy}, (6,)),
        incident(3, whole_days(before, 2), {"Hill Watch": hill}, (11,)),
    )
    outside = answered("aid-access", "not covered", "the object was a checkpoint")
    crux = Crux(
        ("time", "actor"),
        (
            Settlement((("time", instant(6, 30)), ("actor", one(right))), "breach", ("east",)),
            Settlement((("time", instant(5)), ("actor", one("Night Lanterns"))), "not covered"),
        ),
    )
    who = Crux(
        ("actor", "bound:west"),
        (
            Settlement((("actor", one(left)), ("bound:west", one("yes"))), "breach", ("west",)),
            Settlement((("actor", one(left)), ("bound:west", one("no"))), "not covered"),
            Settlement((("actor", one(right)), ("bound:west", one("yes"))), "breach", ("east",)),
            Settlement((("actor", one(right)), ("bound:west", one("no"))), "breach", ("east",)),
        ),
        ("a photograph of the guard", "a letter of accession"),
        ("who acted", f"was {left} bound at the time"),
    )
    open_ = answered("no-attack", "unknown", "who acted is not known", "breach", "not covered", by=("west", "east"))
    quiet = answered("no-attack", "no breach", "denial of access does not count as an attack")
    adhered = answered("aid-access", "unknown", "whether they had adhered is not known", "breach", "not covered")
    late, latest = ("pull-back", "breach", "1 day late"), ("pull-back", "breach", "2 days late")
    assessments = (
        Assessment(
            "I-0001",
            TRUCE.id,
            (
                assessed(
                    (
                        answered("no-attack", "breach", f"{right} had adhered from 2031-05-02", by=("east",)),
                        answered("no-attack", "not covered", "05:00 lies before the start"),
                        open_,
                    ),
                    "differ",
                    agreed=open_,
                    support="one account",
                    cruxes=(crux,),
                ),
                assessed((outside, outside, outside)),
                assessed(
                    (
                        answered(*late, by=("east",), state="overdue"),
                        answered(*latest, by=("west",), state="fulfilled late"),
                        answered(*latest, by=("west", "east")),
                    ),
                    "equal",
                    agreed=answered("pull-back", "unknown", "who is late is disputed", "breach", "not covered"),
                    support="accuser alone",
                    cruxes=(who,),
                ),
                assessed((unraised("flights"),) * 3),
            ),
        ),
        Assessment(
            "I-0002",
            TRUCE.id,
            (
                assessed((quiet,)),
                assessed((adhered,), missing=("whether Night Lanterns had adhered",)),
                assessed((unraised("pull-back"),)),
                assessed((unraised("flights"),)),
            ),
        ),
        Assessment(
            "I-0003",
            TRUCE.id,
            (
                assessed((open_,), missing=("actor",)),
                assessed((outside,)),
                assessed((unraised("pull-back"),)),
                assessed((unraised("flights"),)),
            ),
        ),
    )
    tally = Tally(
        first_day=DAY,
        day=DAY,
        left=left,
        right=right,
        left_publisher="Record office",
        right_publisher="Press office",
        left_entry=8,
        right_entry=9,
        left_counting="ceasefire violations",
        right_counting="ceasefire violations",
        comparable=True,
        left_stated=5,
        left_summed=5,
        left_total=5,
        right_stated=5,
        right_summed=4,
        right_total=5,
        totals_equal=True,
        rows=(
            row("Middle Reach", "shelling", right, 3, None, (0, 0), "excluded party"),
            row("Lower Reach", "gunfire", right, 2, None, (0, 0), "not recorded"),
            row("Middle Reach", "shelling", left, None, 1, (0, 0), "excluded party"),
            row("Upper Reach", "gunfire", None, 2, 3, (1, 2), None),
        ),
        both_low=1,
        both_high=2,
        same_kind_high=2,
        same_area_high=3,
        areas=(
            TallyArea(
                area="Middle Reach",
                left=3,
                right=1,
                left_said="counted",
                right_said="counted",
                left_high=1,
                right_high=1,
            ),
            TallyArea(area="Lower Reach", left=2, right=None, left_said="counted", right_said="no observation"),
            TallyArea(
                area="Upper Reach",
                left=2,
                right=3,
                left_said="counted",
                right_said="counted",
                both_low=1,
                left_high=2,
                right_high=2,
            ),
        ),
        headline="5 = 5, but at least 1 and at most 2 can be the same",
        verdict="The stated totals are equal, 5 and 5; the items are not the same.",
    )
    bad = Problem(
        file="claims.csv",
        line=9,
        column=4,
        field="lat",
        code="not-degrees",
        params={"most": 90, "found": "95.2"},
        kept="other-columns",
    )
    return findings(
        reports,
        incidents,
        assessments,
        inputs=(
            card(2, "claims.csv", 2, [bad], "table"),
            card(2, "post-3.json", 2),
            card(2, "hotline.json", 1),
            card(2, "hill.json", 1),
            card(2, f"{left}.txt", 1, channel="bulletin"),
            card(2, f"{right}.txt", 1, channel="bulletin"),
            card(2, "courier.txt", 1, channel="article"),
        ),
        agreements=(TRUCE.model_copy(update={"parties": {"west": left, "east": right}}),),
        unplaced={7: NO_PLACE},
        tallies=(tally,),
    )
