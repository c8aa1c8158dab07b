"""The passive data that rooms hand to each other: machines, images, sizes, offers' columns, units.

Stands on `ground`. How a record is read from a wire, shown or computed with is for the rooms above.
"""
