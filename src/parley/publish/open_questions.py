"""Which question would decide most answers, and who could answer it: one list for an agreement and for a day."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from parley.model import Assessment, OpenQuestion
from parley.model.open_questions import asked, is_of_the_agreement, settled_by


@dataclass
class _Counted:
    answers: int = 0
    alone: int = 0
    incidents: set[str] = field(default_factory=set)


def open_questions(assessments: Iterable[Assessment]) -> tuple[OpenQuestion, ...]:
    """Return what the answers that could be a breach turn on; what decides most of them by itself first.

    A question of the agreement is one, whatever incidents it is missing in; one of an account is its incident's.
    """
    found: dict[tuple[str, str, str], _Counted] = {}
    for assessment in assessments:
        for one in (one for clause in assessment.clauses for one in clause.accounts):
            if one.shown != "could be a breach" or one.code:
                continue
            missing = dict.fromkeys(one.reasons.missing)
            for name in missing:
                of_it = is_of_the_agreement(name)
                key = (assessment.agreement, "", name) if of_it else ("", assessment.incident, name)
                counted = found.setdefault(key, _Counted())
                counted.answers += 1
                counted.alone += len(missing) == 1
                counted.incidents.add(assessment.incident)
    told = [
        OpenQuestion(
            agreement=agreement,
            incident=incident,
            asks=asked(name),
            settled_by=settled_by(name),
            answers=counted.answers,
            alone=counted.alone,
            incidents=len(counted.incidents),
        )
        for (agreement, incident, name), counted in found.items()
    ]
    return tuple(sorted(told, key=lambda one: (-one.alone, -one.answers, one.agreement, one.incident, one.asks)))
