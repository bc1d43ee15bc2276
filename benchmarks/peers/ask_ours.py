"""The networks as the lessons have them. Runs in the appliance."""

import protocol


def load(network):
    from workshop.classifier import Classifier

    return Classifier(network).probabilities


protocol.serve("workshop.classifier", load)
