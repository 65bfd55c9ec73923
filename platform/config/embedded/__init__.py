"""PostgreSQL and Redis from Python wheels, for a machine that has neither. Needs no Django.

servers = embedded.start(home)          # starts what is not running, says where it listens
embedded.stop(home)
"""

from config.embedded.servers import Servers, secrets_of, start, stop

__all__ = ["Servers", "secrets_of", "start", "stop"]
