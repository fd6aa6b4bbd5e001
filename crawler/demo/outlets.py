"""The sites of the sample newsroom, with the furniture that each puts on all its pages."""

from __future__ import annotations

from typing import Final

from crawler.demo.pages import Box, Outlet
from crawler.demo.releases import ORIGIN_HOST, WIRE_HOST

ORIGIN: Final = Outlet(
    ORIGIN_HOST,
    "Halcyon",
    "halcyon",
    " - Halcyon",
    ("World", "Energy", "Culture", "Opinions", "Live TV"),
    ("Copyright © 2026 Halcyon Broadcasting. All rights reserved.", "Halcyon App: news from the coasts, offline"),
)
WIRE: Final = Outlet(
    WIRE_HOST,
    "Meridian Newswire",
    "meridian",
    "",
    ("News in Focus", "Business", "Send a Release", "Contact Meridian"),
    ("Meridian Distribution, 24 hours a day: +00 555 0100", "Copyright © 2026 Meridian Newswire Inc."),
)
BAZAAR: Final = Outlet(
    "www.coinbazaar.test",
    "CoinBazaar News",
    "coinbazaar",
    " | CoinBazaar News",
    ("Buy Crypto", "Markets", "Futures", "News", "Log In", "Sign Up"),
    ("CoinBazaar is not licensed in all regions.", "Risk warning: the value of tokens can fall to nothing."),
)
MIRROR: Final = Outlet(
    "www.cb-exchange.test", BAZAAR.name, BAZAAR.layout, BAZAAR.suffix, BAZAAR.menu, BAZAAR.footer
)
DISPATCH: Final = Outlet(
    "deltadispatch.test",
    "Delta Dispatch",
    "dispatch",
    " – Delta Dispatch",
    ("Home", "Water", "Work", "About me"),
    ("Proudly kept afloat by readers of Delta Dispatch",),
)
PORTAL: Final = Outlet(
    "www.brightfold.test",
    "Brightfold Finance",
    "brightfold",
    " - Brightfold",
    ("Stocks", "Currencies", "Personal finance", "My portfolio"),
    ("Terms and Privacy Policy", "Quotes are delayed by at least 20 minutes."),
)
STATIONS: Final = tuple(
    Outlet(
        f"www.{call.lower()}.test",
        f"{call} Channel {number}",
        "station",
        f" | {call}",
        ("Local News", "Weather", "Sports", "Contests", "Watch Live"),
        (
            f"© 1998 - 2026 Lakeshore Media Group. {call} Channel {number}",
            "FCC Public File",
            "Do Not Sell My Data",
        ),
    )
    for call, number in (("KVLO", 7), ("WBRN", 12))
)
LEDGER: Final = Outlet(
    "www.harborledger.test",
    "The Harbor Ledger",
    "ledger",
    " - The Harbor Ledger",
    ("Front page", "Business", "Harbor", "Letters", "Obituaries"),
    ("The Harbor Ledger, founded 1871, appears daily except on Sundays.",),
)
QUIET: Final = Outlet(
    "www.quietpost.test",
    "Quiet Post",
    "ledger",
    " - Quiet Post",
    ("Front page", "Stories"),
    ("Quiet Post asks robots to stay outside.",),
)
FARO: Final = Outlet(
    "www.farodelta.test",
    "El Faro del Delta",
    "dispatch",
    " - El Faro del Delta",
    ("Portada", "Costa", "Cultura", "Contacto"),
    ("© 2026 El Faro del Delta. Todos los derechos reservados.",),
    "es",
)
GATE: Final = Outlet(
    "www.gatehouse.test",
    "The Gatehouse",
    "gate",
    " | The Gatehouse",
    ("Today", "Archive"),
    ("The Gatehouse Company",),
)

OUTLETS: Final = (ORIGIN, WIRE, BAZAAR, MIRROR, DISPATCH, PORTAL, *STATIONS, LEDGER, QUIET, FARO, GATE)

DISCLAIMER: Final = Box(
    "disclaimer",
    "below",
    lines=(
        (
            "Disclaimer: The articles reposted on this site are sourced from public platforms and are provided "
            "for informational purposes only. They do not necessarily reflect the views of CoinBazaar. All rights "
            "remain with the original authors. If you believe that any content infringes on third-party rights, "
            "please contact service@support.coinbazaar.test for removal. The content does not constitute "
            "financial, legal or other professional advice."
        ),
    ),
)
STATION_NOTE: Final = Box(
    "disclaimer",
    "below",
    lines=(
        (
            "This press release was provided by Meridian Newswire. The station's news staff was not involved in "
            "its creation and takes no editorial responsibility for it."
        ),
    ),
)
SHARE_WIRE: Final = Box("share", "above", "Share this article", ("Facebook", "LinkedIn", "Email"))
SHARE_BLOG: Final = Box("share", "below", "Share this:", ("Twitter", "Facebook", "WhatsApp"))
NEWSLETTER: Final = Box(
    "newsletter",
    "below",
    "The morning fold",
    ("Sign up for our newsletter and get the five stories that move markets in your inbox every day.",),
)
READ_MORE: Final = Box("read-more", "below", lines=("Read the full story",))
ADVERT: Final = Box(
    "advert", "inside", "Advertisement", ("Barnacles? Call Tidewater Hulls, pier 4, open all week.",)
)
ABOUT_BLOG: Final = Box(
    "byline", "side", "About the author", ("Piet writes about water from a house that stands too near to it.",)
)
COMMENTS: Final = Box(
    "comments",
    "below",
    "2 thoughts on this post",
    ("Our mayor should read this, but he only reads the menu.", "First! And what about the eels?"),
)
