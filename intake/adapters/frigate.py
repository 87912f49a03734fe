"""Frigate over MQTT: reviews, the cameras' and the recorder's health; and its REST list of reviews.

Only `after` counts; `before` shows what is new. A restart of Frigate closes reviews without a
word, so a review lives for a quarter of an hour without an update, and after each connection the
list of `/api/review` is read as well: the same keys make of it what is missing and nothing else.
"""

from intake.adapters.contract import RawMessage, Reading, SourceView, VendorAnswer
from intake.adapters.elements import read_each, unreadable
from intake.adapters.frigate_health import availability, camera_status
from intake.adapters.frigate_reviews import FrigateReviews
from intake.adapters.safe_json import LARGEST, check, read_json
from intake.adapters.values import Unreadable

REVIEWS, AVAILABLE, STATUS = "reviews", "available", "status"


class Frigate:
    """Reads what a topic carries; without a topic, what the REST API or a bridge sent."""

    name = "frigate"

    def read(self, message: RawMessage, source: SourceView) -> Reading:
        levels = (message.topic or REVIEWS).split("/")
        try:
            check(message.topic)
            if levels[-1] == REVIEWS:
                return self._reviews(message, source)
            if levels[-1] == AVAILABLE:
                return availability(levels[:-1], message)
            if levels[-2:-1] == [STATUS]:
                return camera_status(levels, message)
        except Unreadable as broken:
            return unreadable(broken)
        return Reading()

    def answer(self, message: RawMessage, source: SourceView) -> VendorAnswer:
        """MQTT needs none; a bridge over HTTP is content with this."""
        return VendorAnswer(body=b"{}")

    def _reviews(self, message: RawMessage, source: SourceView) -> Reading:
        body = read_json(message.body, message.content_type, 8 * LARGEST)
        items = body if isinstance(body, list) else [body]
        return read_each(items, FrigateReviews(message, source).read)
