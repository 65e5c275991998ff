// Runs the program of docs/ci/github-comment.yml against a GitHub of our own: node ci_comment.js PROGRAM FOLDER
'use strict';
const fs = require('fs');
const program = fs.readFileSync(process.argv[2], 'utf8');
process.chdir(process.argv[3]);
const marker = '<!-- akreport:shutdown -->';
const AsyncFunction = Object.getPrototypeOf(async function () {}).constructor;

// What the program does with an artifact and the comments that are there.
async function run(artifact, comments, sha) {
  fs.rmSync('artifact', { recursive: true, force: true });
  if (artifact !== null) {
    fs.mkdirSync('artifact/out', { recursive: true });
    artifact('artifact/out/comment.md');
  }
  const did = [];
  const github = {
    rest: {
      pulls: { list: async q => ({ data: q.head === 'fork:topic' ? [{ number: 7, head: { sha: 'abc' } }] : [] }) },
      issues: {
        listComments: 'listComments',
        createComment: async q => did.push(['create', q.issue_number, q.body]),
        updateComment: async q => did.push(['update', q.comment_id, q.body]),
      },
    },
    paginate: async () => comments,
  };
  const context = {
    repo: { owner: 'o', repo: 'r' },
    payload: {
      workflow_run: {
        head_sha: sha || 'abc', head_branch: 'topic', html_url: 'https://example.org/run',
        head_repository: { owner: { login: 'fork' } },
      },
    },
  };
  const core = { setFailed: text => did.push(['fail', text]), info: text => did.push(['info', text]) };
  await new AsyncFunction('github', 'context', 'core', 'require', program)(github, context, core, require);
  return did;
}
function check(what, good, seen) {
  console.log(`${good ? 'ok' : 'not ok'} ${what}${good ? '' : `: ${JSON.stringify(seen)}`}`);
}
const text = body => path => fs.writeFileSync(path, body);
const worse = `**▲ Worse:** x\n${marker}\n`, same = `**= Same:** x\n${marker}\n`;
const ours = [{ id: 3, user: { type: 'User' }, body: marker }, { id: 5, user: { type: 'Bot' }, body: `old ${marker}` }];

(async function () {
  let did = await run(text(worse), []);
  check('a worse result is commented on its pull request',
    did.length === 1 && did[0][0] === 'create' && did[0][1] === 7 && did[0][2] === worse, did);
  did = await run(text(worse), ours);
  check('the comment of the bot is updated, not that of a person who quotes it',
    did.length === 1 && did[0][0] === 'update' && did[0][1] === 5, did);
  did = await run(text(same), []);
  check('nothing to say is not said', did.length === 0, did);
  did = await run(text(same), ours);
  check('but an older comment is brought up to date', did.length === 1 && did[0][0] === 'update', did);
  did = await run(null, []);
  check('a run without result says nothing new', did.length === 0, did);
  did = await run(null, ours);
  check('and an older verdict does not stay', did.length === 1 && /^\*\*\? Not measured/.test(did[0][2]) &&
    did[0][2].includes(marker), did);
  did = await run(text('x'.repeat(60001)), []);
  check('what is too long is refused', did.length === 1 && did[0][0] === 'fail', did);
  did = await run(path => fs.symlinkSync('/etc/passwd', path), []);
  check('a link is not followed', did.length === 1 && did[0][0] === 'fail', did);
  did = await run(text('**▲ Worse:** no marker'), []);
  check('another marker is refused', did.length === 1 && did[0][0] === 'fail', did);
  did = await run(text(worse), [], 'newer');
  check('a commit that no pull request has any more is left alone', did.length === 1 && did[0][0] === 'info', did);
})();
