import { readdirSync, readFileSync } from 'node:fs';

/** All processes below one, each with the processor time that it has used (Linux). */
export function below(root) {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      // proc(5): the name may have any character, so what follows its closing bracket counts
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      return [{ pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
    } catch {
      return []; // it ended meanwhile
    }
  });
  const children = (pid) => all.filter((each) => each.parent === pid).flatMap((each) => [each, ...children(each.pid)]);
  return children(root);
}

/** Sends a signal to a process and all below it. */
export function signalAll(root, signal) {
  [root, ...below(root).map((each) => each.pid)].forEach((pid) => {
    try {
      process.kill(pid, signal);
    } catch {
      // it ended meanwhile
    }
  });
}
