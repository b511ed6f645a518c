package dev.retain.benchmarks.limits;

import dev.retain.benchmarks.work.Work;
import dev.retain.runtime.limits.BestTile;
import java.lang.foreign.Arena;

/** One tile over and over, out of the first cache. */
final class TileWork implements Work {
  private static final int REPEATED = 2000;

  private final BestTile[] tiles;
  private final Team team;

  TileWork(int threads) {
    this.tiles = new BestTile[threads];
    for (int thread = 0; thread < threads; thread++) {
      tiles[thread] = new BestTile(Arena.global());
    }
    this.team = new Team(threads, thread -> tiles[thread].run(REPEATED));
  }

  @Override
  public void run() throws Exception {
    team.run();
  }

  @Override
  public double amount() {
    return tiles.length * BestTile.operations(REPEATED);
  }
}
