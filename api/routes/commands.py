"""`POST /issues/{number}/{command}`: one route for each command people may give."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.documentation import REFUSALS
from api.happened import event_label
from api.matters import IssueMatter
from api.routes.giving import Table, add_commands
from api.schemas.commands import BODIES
from api.schemas.issues import Answered
from api.schemas.text import Number
from domain.commands import NAMES
from domain.issue import LAW

router = APIRouter(prefix="/api/v1/issues/{number}", tags=["commands"])
NumberInPath = Annotated[Number, Path(description="The number the issue was given when raised.")]

add_commands(
    router,
    Table(
        names=NAMES,
        bodies=BODIES,
        refusals=REFUSALS,
        law=LAW,
        matter=IssueMatter,
        number=NumberInPath,
        answered=Answered,
        who="who",
        told=event_label,
    ),
)
