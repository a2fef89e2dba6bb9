#!/bin/sh
# Turns the folder aws_network into a submodule with its history, in a repository of its own.
#
#   tools/split_aws_network.sh URL
#
# URL is an empty repository that you may push to. The change is left staged, for you to commit.
set -eu
url=${1:?usage: tools/split_aws_network.sh URL-of-an-empty-repository}
cd "$(git rev-parse --show-toplevel)"
if [ -n "$(git status --porcelain)" ]; then
    echo "error: commit or stash your changes first" >&2
    exit 1
fi
commit=$(git subtree split -q --prefix=aws_network HEAD)
git push --quiet "$url" "$commit:refs/heads/main"
git rm --quiet -r aws_network
rm -rf aws_network
git submodule add --quiet --force -b main "$url" aws_network
echo "aws_network is now a submodule at $url; review with 'git diff --cached' and commit"
