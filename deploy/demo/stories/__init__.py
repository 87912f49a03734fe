"""The day of Fuchun estate."""

from deploy.demo.stories import (
    cameras,
    departments,
    estate,
    late,
    meetings,
    photos,
    places,
    residents,
)
from deploy.demo.story import Story

DAY: tuple[Story, ...] = (
    estate.outside_cars,
    residents.falling_objects,
    estate.lift_light,
    meetings.gate_traffic,
    estate.pet_mess,
    departments.street_lamps,
    departments.water_main,
    late.rubbish_overflow,
    late.manhole_cover,
    late.late_department,
    residents.withdrawn,
    photos.photo_whistle,
    residents.duplicate,
    places.neighbours,
    estate.two_claimants,
    meetings.fire_lane_locks,
    cameras.fire_lane_car,
    cameras.lift_ebike,
    cameras.flapping_bin,
    cameras.offline_camera,
)
