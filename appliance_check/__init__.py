"""The doctor that ships inside the appliance: is this machine ready for the workshop?

`python3 -m appliance_check` (or `appliance-check`) runs the checks of `checks/`. The package
itself needs Python's standard library alone, so that it can still speak when everything else is
broken; what has to import Theano or Jupyter does so in a process of its own (`probes/`).
"""
