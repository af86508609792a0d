/**
 * The drills, spread evenly among the other suites: they mostly wait for processes, so one of them beside a suite that
 * works leaves neither core idle, and two of them never make each other slow.
 */
import Base from '@jest/test-sequencer';

const Sequencer = Base.default ?? Base;

export default class Spread extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isDrill = ({ path }) => /[\\/]test[\\/]drills[\\/]/.test(path);
    const [drills, others] = [sorted.filter(isDrill), sorted.filter((one) => !isDrill(one))];
    const each = Math.ceil(others.length / (drills.length + 1));
    return drills
      .flatMap((drill, index) => [drill, ...others.slice(index * each, (index + 1) * each)])
      .concat(others.slice(drills.length * each));
  }
}
