"""Runs one test of Paho's interoperability suite: paho-driver.py MODULE TEST PORT, with the suite's folder as working directory.

The suite's own entry points take the port in ways that differ between versions, and set the rest as globals; so does this.
"""

import importlib
import logging
import os
import sys
import unittest

sys.path.insert(0, os.getcwd())
module = importlib.import_module(sys.argv[1])
logging.getLogger().setLevel(logging.ERROR)

module.host = "127.0.0.1"
module.port = int(sys.argv[3])
module.topics = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")
module.wildtopics = ("TopicA/+", "+/C", "#", "/#", "/+", "+/+", "TopicA/#")
module.nosubscribe_topics = ("test/nosubscribe",)
module.topic_prefix = "client_test5/"

suite = unittest.TestSuite([module.Test(sys.argv[2])])
result = unittest.TextTestRunner(verbosity=2).run(suite)
# Threads of the suite's clients may still wait for packets.
sys.stdout.flush()
sys.stderr.flush()
os._exit(0 if result.wasSuccessful() else 1)
