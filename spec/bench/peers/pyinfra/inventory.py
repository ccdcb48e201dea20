import os

hosts = [(host, {"ssh_config_file": os.environ["BENCH_SSH_CONFIG"], "ssh_user": "root"}) for host in os.environ["BENCH_HOSTS"].split()]
