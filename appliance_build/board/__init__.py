"""The organiser's board: a page on which the reports of `appliance-check --post` come together.

It runs on the organiser's computer, outside of any appliance: `make board`. Nothing is sent
anywhere else, and the page asks for nothing from elsewhere.
"""
