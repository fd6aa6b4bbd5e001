"""Scrapy's settings for a crawl of sites that nobody vouches for. Scrapy takes every upper-case name here.

What one run decides (concurrency, time-out, contact, the routes of a test) is laid over it by `crawler.cli.crawl`.
"""

BOT_NAME = "tearsheet"
SPIDER_MODULES = ["crawler.spiders.origins", "crawler.spiders.copies"]
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# Who we are. A site must be able to find out, and to ask us to stop.
USER_AGENT = "Tearsheet/0.1 (follows press releases; no contact given)"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Accept-Encoding": "gzip, deflate, br",
}

# Where we connect.
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.guard.GuardedHandler",
    "https": "crawler.fetch.guard.GuardedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DNSCACHE_ENABLED = False  # the address that was judged is the one that is connected to
HTTPPROXY_ENABLED = False  # behind a proxy the guard would judge the proxy
TEARSHEET_OWN: list[str] = []  # public addresses of our own, besides those of this machine's interfaces
TEARSHEET_LOOPBACK: dict[str, str] = {}  # exact host name -> 127.0.0.1:PORT, for tests and the demo alone

# What a response may cost.
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
CONCURRENT_ITEMS = 1  # callbacks give no items, and Scrapy makes as many tasks for each response
DOWNLOAD_FAIL_ON_DATALOSS = False  # a body that broke off is evidence too: archived, marked, fetched again

# What a site is owed.
ROBOTSTXT_OBEY = True  # by crawler.fetch.robots, which is stricter than Scrapy's
CONCURRENT_REQUESTS = 8
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0  # the site files say it, host by host: crawler.fetch.politeness
DOWNLOAD_DELAY_JITTER = 0
AUTOTHROTTLE_ENABLED = True  # a slow host is asked more slowly; the site's own delay is the least
AUTOTHROTTLE_START_DELAY = 0
AUTOTHROTTLE_MAX_DELAY = 60
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
COOKIES_ENABLED = False
REFERER_ENABLED = False
REFERRER_POLICY = "no-referrer"
METAREFRESH_ENABLED = False
REDIRECT_MAX_TIMES = 5
RETRY_ENABLED = False  # attempts are rows of the frontier, and outlive the process

# Nothing that listens, and no state beside our own.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
HTTPCACHE_ENABLED = False
JOBDIR = None
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the frontier's keys do that

DOWNLOADER_MIDDLEWARES = {
    "crawler.fetch.offsite.Fence": 60,
    "crawler.fetch.robots.Robots": 100,
    "crawler.fetch.reservations.Reservations": 105,
    "crawler.fetch.politeness.Politeness": 110,
    "crawler.fetch.render.Render": 500,
    "crawler.fetch.offsite.Redirects": 600,
    "crawler.fetch.archive.ArchiveMiddleware": 870,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # bodies stay as they came
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # every status is evidence
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
}
EXTENSIONS = {
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
}

LOG_LEVEL = "INFO"
STATS_DUMP = False
