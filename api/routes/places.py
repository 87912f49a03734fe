"""What is near, and following it: `POST /issues/near`, `POST /issues/{number}/me-too`."""

from http import HTTPStatus

from fastapi import APIRouter

from api.answering import Ledger, Reply, again
from api.dependencies import AskingOf, Caller, Locale, PartsOf
from api.documentation import EVALUATE_TOO, LEAVE, ME_TOO, READ, SEARCH, responses
from api.nearness import near_facts, require_joinable, shown_near
from api.problems import ApiCode, FieldError, Problem
from api.routes.commands import NumberInPath
from api.schemas.places import FollowedRead, MeTooBody, MeTooEvaluation, NearBody, NearList
from catalogue import label
from domain.ids import IssueNumber
from domain.refusals import RefusalCode
from domain.vocabulary import IssueState, Outcome
from storage.followers import Followed, Followers
from storage.nearby import Nearby
from storage.outbox import Outbox
from storage.reference import ReferenceRepository

router = APIRouter(prefix="/api/v1/issues", tags=["places"])
_WORKED_ON = frozenset({Outcome.SOLVED, Outcome.UNSOLVED})


@router.post(
    "/near",
    summary="Ask what is known already",
    status_code=HTTPStatus.OK,
    responses=responses(SEARCH),
)
async def near(body: NearBody, caller: Caller, parts: PartsOf, locale: Locale) -> NearList:
    """Open issues of the category near a position, to say "me too" instead of raising another.

    The position is asked for in a body, which proxies and browsers do not keep as an address.
    Writes nothing and so takes no `Idempotency-Key`.
    """
    at, here = parts.now(), body.position.to_position().wgs84
    async with parts.database.read() as session:
        category = await ReferenceRepository(session).category(body.category)
        if category is None:
            raise Problem.invalid(FieldError.of("category", "unknown_code"))
        found = await Nearby(session).issues(here, category, caller.subject, at)
    return NearList(
        near_m=category.near_m,
        near_hours=category.near_hours,
        items=shown_near(near_facts(found, at), locale),
    )


@router.post("/{number}/me-too", summary="Me too", responses=responses(ME_TOO))
async def me_too(
    number: NumberInPath, body: MeTooBody, asking: AskingOf, parts: PartsOf, locale: Locale
) -> FollowedRead:
    """Follows an issue that was offered: you are asked to evaluate it, and told when it closes.

    Saying so twice is the same as once. Who may not see the issue has to be near it.
    """
    at, subject, issue = parts.now(), asking.actor.subject, IssueNumber(number)
    async with parts.database.begin() as session:
        ledger, followers = Ledger(session, asking), Followers(session)
        if again(await ledger.open(None, at)) is None:  # no print of where somebody is
            if await followers.followed(issue, subject) is None:
                await require_joinable(session, issue, asking.actor, body, at)
                await followers.follow(issue, subject, at)
            await ledger.keep(Reply({"number": number}))
        return _shown(await followers.followed(issue, subject), locale)


@router.get("/{number}/me-too", summary="Read what you follow", responses=responses(READ))
async def read_followed(
    number: NumberInPath, caller: Caller, parts: PartsOf, locale: Locale
) -> FollowedRead:
    """How far an issue is that you follow."""
    async with parts.database.read() as session:
        found = await Followers(session).followed(IssueNumber(number), caller.subject)
    return _shown(found, locale)


@router.delete(
    "/{number}/me-too",
    summary="Follow no longer",
    status_code=HTTPStatus.NO_CONTENT,
    responses=responses(LEAVE),
)
async def leave(number: NumberInPath, asking: AskingOf, parts: PartsOf) -> None:
    """You are asked and told nothing more about it, and what you said of it is counted no more.

    Sent again with the same key it has the same answer; who does not follow is told what they are
    told when they read or evaluate: not found.
    """
    at, subject, issue = parts.now(), asking.actor.subject, IssueNumber(number)
    async with parts.database.begin() as session:
        ledger, followers = Ledger(session, asking), Followers(session)
        if again(await ledger.open(None, at)) is None:
            await followers.hold(issue)  # a step that is being recorded tells them first
            if not await followers.leave(issue, subject):
                raise Problem(ApiCode.NOT_FOUND)
            await Outbox(session).drop_for(issue, f"subject:{subject}", at)
            await ledger.keep(Reply({"number": number}, HTTPStatus.NO_CONTENT))


@router.post(
    "/{number}/me-too/evaluate", summary="Evaluate as a follower", responses=responses(EVALUATE_TOO)
)
async def evaluate_too(
    number: NumberInPath, body: MeTooEvaluation, asking: AskingOf, parts: PartsOf, locale: Locale
) -> FollowedRead:
    """What a follower says of the resolution: their own answer, and the latest one counts.

    It is counted apart, for who supervises the issue (`followers_say`), and moves nothing. The
    law gives the evaluation to the resident, or to who raised it: theirs closes the issue or sends
    it out again, once for each resolution. Followers are strangers to the matter who were near it;
    could one of them close it, who raised it would lose their word, and could one send it out
    again, the department would never be done. Those for whom it is not solved may raise it anew.
    """
    at, subject, issue = parts.now(), asking.actor.subject, IssueNumber(number)
    async with parts.database.begin() as session:
        ledger, followers = Ledger(session, asking), Followers(session)
        if again(await ledger.open(body, at)) is None:
            _require_resolved(await followers.followed(issue, subject))
            await followers.evaluate(issue, subject, body.satisfaction, solved=body.solved, at=at)
            await ledger.keep(Reply({"number": number}))
        return _shown(await followers.followed(issue, subject), locale)


def _require_resolved(found: Followed | None) -> None:
    if found is None:
        raise Problem(ApiCode.NOT_FOUND)
    if found.state is not IssueState.RESOLVED and found.outcome not in _WORKED_ON:
        states = {"state": found.state, "allowed": IssueState.RESOLVED}
        raise Problem(RefusalCode.WRONG_STATE, states)


def _shown(found: Followed | None, locale: str) -> FollowedRead:
    if found is None:
        raise Problem(ApiCode.NOT_FOUND)
    return FollowedRead(
        number=found.number,
        category=found.category,
        state=found.state,
        label=label("state", found.state, locale),
        raised_at=found.raised_at,
        followed_since=found.followed_since,
        followers=found.followers,
        satisfaction=found.satisfaction,
        solved=found.solved,
    )
