#!/usr/bin/env python3
"""A real S3 server (moto) that checks signatures, in a thread, or as a process of its own:

    storage.py BUCKET...
    storage.py BUCKET -- COMMAND...

makes the buckets, prints one line of JSON (`url`, `key`, `secret`, `region`), and runs until its standard input ends; or runs
a command that finds the bucket in TESTS_BUCKET and the rest in the usual variables, and ends as it does.
"""
import json
import logging
import os
import subprocess
import sys

import boto3
import moto.settings
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"


class Storage:
    """An S3 server on a free port with one user, whose requests must be signed well."""

    def __init__(self, *buckets):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
        # Its log of requests would hide what fails.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        anybody = self.credentials("x", "x")
        iam = boto3.client("iam", **anybody)
        iam.create_user(UserName="docmill")
        allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        iam.put_user_policy(UserName="docmill", PolicyName="all", PolicyDocument=json.dumps(allow))
        self.key = iam.create_access_key(UserName="docmill")["AccessKey"]
        for name in buckets:
            boto3.client("s3", **anybody).create_bucket(
                Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        # From here on every request must be signed by a user who may do what it asks.
        moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
        self.s3 = boto3.client("s3", **self.credentials(self.key["AccessKeyId"], self.key["SecretAccessKey"]))

    def credentials(self, key, secret):
        return {"endpoint_url": self.url, "region_name": REGION, "aws_access_key_id": key, "aws_secret_access_key": secret}


def run(bucket, command):
    storage = Storage(bucket)
    given = {"TESTS_BUCKET": f"s3://{bucket}", "AWS_ACCESS_KEY_ID": storage.key["AccessKeyId"],
             "AWS_SECRET_ACCESS_KEY": storage.key["SecretAccessKey"], "AWS_REGION": REGION, "AWS_ENDPOINT_URL": storage.url}
    ended = subprocess.run(command, env=os.environ | given).returncode
    storage.server.stop()
    return ended


def main():
    if sys.argv[2:3] == ["--"]:
        sys.exit(run(sys.argv[1], sys.argv[3:]))
    # The server greets on standard output.
    answer, sys.stdout = sys.stdout, sys.stderr
    storage = Storage(*sys.argv[1:])
    told = {"url": storage.url, "key": storage.key["AccessKeyId"], "secret": storage.key["SecretAccessKey"], "region": REGION}
    print(json.dumps(told), file=answer, flush=True)
    sys.stdin.read()
    storage.server.stop()


if __name__ == "__main__":
    main()
