from io import StringIO

from pyinfra.operations import files

files.put(name="one file", src=StringIO("hello world\n"), dest="/srv/bench/hello.conf", user="root", mode="644")
