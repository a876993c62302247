"""A small knowledge base of several guest houses, each with articles about the same questions."""

from collections.abc import Mapping

HOUSES: Mapping[str, Mapping[str, str]] = {
    "Bridge Guest House": {
        "Is there parking?": "Parking behind the Bridge Guest House is free.",
        "Do you have WiFi?": "WiFi costs five pounds a day.",
        "When is breakfast served?": "Breakfast is served from seven to nine.",
    },
    "Golden Wok": {
        "Is there parking?": "Guests park in the street.",
        "Do you have WiFi?": "There is no WiFi at the Golden Wok.",
        "Do you serve alcohol?": "We serve beer and wine.",
    },
    "Pizza Hut Fen Ditton": {
        "Is there parking?": "Thirty cars can park beside the house.",
        "Do you have WiFi?": "WiFi is free for guests.",
        "Do you serve alcohol?": "We serve beer.",
    },
    "Pizza Hut City Centre": {
        "Is there parking?": "There is no parking in the centre.",
        "Do you have WiFi?": "WiFi is free.",
        "Do you serve alcohol?": "We serve no alcohol.",
    },
    "The Varsity Restaurant": {
        "Is there parking?": "There is parking for bicycles.",
        "Do you serve alcohol?": "We serve wine.",
        "When is breakfast served?": "There is no breakfast.",
    },
    "Meze Restaurant": {
        "Is there parking?": "Guests park at the station.",
        "Do you serve alcohol?": "We serve everything.",
    },
    "Nandos": {
        "Is there parking?": "There is parking nearby.",
        "Do you have WiFi?": "WiFi is free for an hour.",
        "Do you serve alcohol?": "We serve beer.",
    },
}
