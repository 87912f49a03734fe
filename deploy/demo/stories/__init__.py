"""The day of Fuchun estate."""

from deploy.demo.stories import departments, estate, late, residents
from deploy.demo.story import Story

DAY: tuple[Story, ...] = (
    estate.outside_cars,
    residents.falling_objects,
    estate.lift_light,
    departments.gate_traffic,
    estate.pet_mess,
    departments.street_lamps,
    departments.water_main,
    late.rubbish_overflow,
    late.manhole_cover,
    late.late_department,
    residents.withdrawn,
    residents.duplicate,
    estate.two_claimants,
)
