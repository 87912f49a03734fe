"""The word of a resident who came through a link, given as the API would give it."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.datastructures import UploadFile

from api.asking import Asking
from api.commanding import Desk, Order
from api.matters import IssueMatter
from api.pages.acting import ROUTE, actor_of, sentence_of
from api.pages.forms import EvaluationForm
from api.pages.visiting import Page, Visit
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.schemas.commands import Evaluate
from catalogue import say
from domain.actor import Actor
from domain.commands import EvaluateIssue
from domain.ids import EvidenceId
from domain.refusals import Refusal
from domain.vocabulary import Satisfaction
from storage.queries import Queries

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the resident is told: notes, what to mend, and how it went."""

    status: HTTPStatus = HTTPStatus.OK
    notes: tuple[str, ...] = ()
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluating:
    """One sending of a form."""

    parts: Parts
    desk: Desk
    visit: Visit
    form: EvaluationForm

    async def done(self, page: Page) -> Told:
        """Evaluates, once: the same form sent twice is one request, as its key says."""
        locale = self.visit.locale
        faults = self.form.faults(locale, self.parts.limits.pictures)
        if faults and page.takes_evaluation:
            return Told(status=HTTPStatus.UNPROCESSABLE_ENTITY, faults=faults)
        async with self.parts.database.read() as session:
            actor = await actor_of(session, self.visit.link)
        asking = await self._asking(actor)
        if not page.takes_evaluation:
            known = await self._is_recorded(asking)
            return self._thanks() if known else Told(status=HTTPStatus.CONFLICT)
        try:
            await self.desk.give(await self._order(asking))
        except (Problem, Refusal) as error:
            return self._not_done(error)
        return self._thanks()

    async def _order(self, asking: Asking) -> Order:
        body = Evaluate(
            satisfaction=Satisfaction(self.form.satisfaction),  # type: ignore[arg-type]  # checked
            solved=self.form.is_solved,
            text=self.form.words or None,
            pictures=[await self._uploaded(asking, each) for each in self.form.files],
        )
        matter = IssueMatter(self.visit.link.number)
        return Order(asking=asking, matter=matter, kind=EvaluateIssue, body=body)

    async def _asking(self, actor: Actor) -> Asking:
        """Named by the link, the rendering of the form, and everything that was filled in."""
        form, said = self.form, hashlib.sha256()
        for each in (form.key, form.satisfaction, form.solved, form.words):
            said.update(each.encode("utf-8", "surrogatepass") + b"\x00")
        for file in form.files:
            said.update((await _digest(file)).encode())
        return Asking(
            f"link-{self.visit.link.id}-{said.hexdigest()[:32]}", actor, ROUTE, self.visit.audit
        )

    async def _uploaded(self, asking: Asking, file: UploadFile) -> EvidenceId:
        key = f"link-{self.visit.link.id}-{self.form.key}-{(await _digest(file))[:32]}"
        picture = await self.parts.uploads.take(
            Asking(key, asking.actor, ROUTE, asking.audit), _pieces(file)
        )
        return picture.id

    async def _is_recorded(self, asking: Asking) -> bool:
        number = self.visit.link.number
        async with self.parts.database.read() as session:
            return await Queries(session).event_by_command(number, asking.command_id) is not None

    def _thanks(self) -> Told:
        again = self.form.satisfaction == Satisfaction.UNSATISFIED
        said = "page.thanks_again" if again else "page.thanks"
        return Told(notes=(say(said, self.visit.locale),))

    def _not_done(self, error: Problem | Refusal) -> Told:
        """Pictures are mended in their field; whatever else, in words."""
        locale = self.visit.locale
        problem = Problem.of_refusal(error) if isinstance(error, Refusal) else error
        if problem.code is ApiCode.INVALID_INPUT and problem.errors:
            fault = problem.errors[0].worded(locale)["message"]
            return Told(status=problem.status, faults={"pictures": fault})
        return Told(status=problem.status, faults={"other": sentence_of(problem, locale)})


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    await file.seek(0)
    while piece := await file.read(_PIECE):
        yield piece


async def _digest(file: UploadFile) -> str:
    said = hashlib.sha256()
    async for piece in _pieces(file):
        said.update(piece)
    return said.hexdigest()
