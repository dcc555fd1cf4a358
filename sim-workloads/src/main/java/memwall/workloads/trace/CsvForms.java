package memwall.workloads.trace;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongImmutableList;
import java.util.Map;
import memwall.workloads.trace.RequestExtras.Observed;
import org.jspecify.annotations.Nullable;

/** The formats of others that are CSV with a header. */
final class CsvForms {
  private static final String SOURCE = "source";
  private static final long PS_PER_US = 1_000_000;
  private static final long MAX_US = Request.MAX_ARRIVAL_PS / PS_PER_US;

  /** Vidur, and Frontier, which adds sessions and the ids of blocks of the prompt. */
  static final CsvForm VIDUR = new Vidur();

  /** BurstGPT with six columns, or eight with sessions. */
  static final CsvForm BURSTGPT = new BurstGpt();

  /** Splitwise's simulator. */
  static final CsvForm SPLITWISE = new Splitwise();

  /** BLIS, TraceV2: the table; its header file is not needed. */
  static final CsvForm BLIS = new Blis();

  private CsvForms() {}

  private static TraceHeader header(String source) {
    return TraceHeader.requests(Map.of(SOURCE, source));
  }

  private static @Nullable Request request(
      String id, long arrivalPs, int input, int output, Phases phases, ExtrasBuilder extras) {
    return input == 0 || output == 0
        ? null
        : new Request(id, arrivalPs, input, output, phases, extras.build());
  }

  private static String number(long row) {
    return "r" + row;
  }

  private static final class Vidur implements CsvForm {
    private static final Splitter BLOCKS = Splitter.on('|').omitEmptyStrings().trimResults();

    @Override
    public ImmutableList<String> required() {
      return ImmutableList.of("arrived_at", "num_prefill_tokens", "num_decode_tokens");
    }

    @Override
    public TraceHeader header() {
      return CsvForms.header("a trace in the format of Vidur");
    }

    @Override
    public @Nullable Request read(CsvRow row, long number) {
      long arrivalPs = row.secondsPs("arrived_at");
      int input = row.tokens("num_prefill_tokens");
      int output = row.tokens("num_decode_tokens");
      ExtrasBuilder extras = new ExtrasBuilder().session(row.text("session_id"));
      String blocks = row.take("block_hash_ids");
      if (!blocks.isEmpty()) {
        extras.hashIds(blocks(row, blocks));
      }
      row.leaveOthers(extras);
      return request(number(number), arrivalPs, input, output, Phases.ANSWER, extras);
    }

    private static LongImmutableList blocks(CsvRow row, String text) {
      LongArrayList ids = new LongArrayList();
      for (String id : BLOCKS.split(text)) {
        try {
          ids.add(Long.parseLong(id));
        } catch (NumberFormatException e) {
          row.wrong("block_hash_ids", text, "whole numbers with '|' between them");
          return LongImmutableList.of();
        }
      }
      return new LongImmutableList(ids);
    }
  }

  private static final class BurstGpt implements CsvForm {
    @Override
    public ImmutableList<String> required() {
      return ImmutableList.of("Timestamp", "Model", "Request tokens", "Response tokens");
    }

    @Override
    public TraceHeader header() {
      return TraceHeader.requests(
          Map.of(SOURCE, "BurstGPT (HPMLL/BurstGPT)", "license", "CC-BY-4.0"));
    }

    @Override
    public @Nullable Request read(CsvRow row, long number) {
      long arrivalPs = row.secondsPs("Timestamp");
      int input = row.tokens("Request tokens");
      int output = row.tokens("Response tokens");
      row.take("Total tokens"); // The sum of the two.
      ExtrasBuilder extras =
          new ExtrasBuilder()
              .session(row.text("Session ID"))
              .model(row.text("Model"))
              .serviceClass(row.text("Log Type"));
      row.leaveOthers(extras);
      return request(number(number), arrivalPs, input, output, Phases.ANSWER, extras);
    }
  }

  private static final class Splitwise implements CsvForm {
    @Override
    public ImmutableList<String> required() {
      return ImmutableList.of("request_id", "arrival_timestamp", "prompt_size", "token_size");
    }

    @Override
    public TraceHeader header() {
      return CsvForms.header("a trace in the format of splitwise-sim");
    }

    @Override
    public @Nullable Request read(CsvRow row, long number) {
      String id = row.text("request_id");
      long arrivalPs = row.secondsPs("arrival_timestamp");
      int input = row.tokens("prompt_size");
      int output = row.tokens("token_size");
      ExtrasBuilder extras = new ExtrasBuilder();
      row.leaveOthers(extras);
      return request(
          id == null ? number(number) : id, arrivalPs, input, output, Phases.ANSWER, extras);
    }
  }

  private static final class Blis implements CsvForm {
    @Override
    public ImmutableList<String> required() {
      return ImmutableList.of("request_id", "input_tokens", "output_tokens", "arrival_time_us");
    }

    @Override
    public TraceHeader header() {
      return CsvForms.header("a trace in the format TraceV2 of BLIS");
    }

    @Override
    public @Nullable Request read(CsvRow row, long number) {
      String id = row.text("request_id");
      long arrivalPs = PS_PER_US * row.whole("arrival_time_us", 0, MAX_US);
      int input = row.tokens("input_tokens");
      int output = row.tokens("output_tokens");
      int think = (int) StrictMath.rint(output * row.share("reason_ratio"));
      ExtrasBuilder extras =
          new ExtrasBuilder()
              .session(row.text("session_id"))
              .model(row.text("model"))
              .tenant(row.text("tenant_id"))
              .serviceClass(row.text("slo_class"));
      int turn = (int) row.whole("round_index", 0, Integer.MAX_VALUE, -1);
      extras.turn(turn);
      long slo = row.whole("slo_target_us", 0, MAX_US, 0);
      extras.sloTtftPs(slo == 0 ? -1 : slo * PS_PER_US);
      for (String kind : ImmutableList.of("image", "audio", "video")) {
        extras.media(kind, (int) row.whole(kind + "_tokens", 0, input, 0));
      }
      row.take("text_tokens"); // The rest of the input.
      observed(row, extras);
      row.leaveOthers(extras);
      Phases phases = think == 0 ? Phases.ANSWER : Phases.thinkThenAnswer(think, output - think);
      return request(id == null ? number(number) : id, arrivalPs, input, output, phases, extras);
    }

    /** Times of 0 were not measured. */
    private static void observed(CsvRow row, ExtrasBuilder extras) {
      long sentPs = time(row, "send_time_us");
      long firstPs = time(row, "first_chunk_time_us");
      long lastPs = time(row, "last_chunk_time_us");
      String status = row.take("status");
      if (firstPs < 0 && lastPs < 0) {
        if (!status.isEmpty() && !status.equals("ok")) {
          extras.other("status", status);
        }
        return;
      }
      if ((firstPs >= 0 && firstPs < sentPs) || (lastPs >= 0 && lastPs < firstPs)) {
        row.wrong("last_chunk_time_us", lastPs / PS_PER_US + "", "times in order");
      }
      extras.observed(
          new Observed(sentPs, -1, firstPs, lastPs, status.isEmpty() ? null : status.equals("ok")));
    }

    private static long time(CsvRow row, String column) {
      long us = row.whole(column, 0, MAX_US, 0);
      return us == 0 ? -1 : us * PS_PER_US;
    }
  }
}
