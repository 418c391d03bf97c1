// One way to fold: included once for each, with its name, the bytes of its vectors, and what they are, as macros:
// INGOT_SET, INGOT_WIDTH, VECTOR; LOAD(bytes), STORE(bytes, vector), XOR(a, b); and FOLD(vector, distance), the 128-bit parts of a
// vector, each replaced by another that may be added `distance` bits further down.

enum { NAME(step) = 4 * INGOT_WIDTH };

static void NAME(fold)(unsigned checksum, const unsigned char *bytes, long count, unsigned char *folded) {
  // Four vectors side by side: a product takes several times as long as it takes to start the next.
  VECTOR lanes[4];
  for (int i = 0; i < 4; i++) lanes[i] = LOAD(bytes + i * INGOT_WIDTH);

  // What the bytes before have left is added to the first.
  unsigned char start[INGOT_WIDTH] = {0};
  const unsigned remainder = ~checksum;
  for (int i = 0; i < 4; i++) start[i] = (unsigned char)(remainder >> 8 * i);
  lanes[0] = XOR(lanes[0], LOAD(start));

  for (long position = NAME(step); position < count; position += NAME(step)) {
    for (int i = 0; i < 4; i++)
      lanes[i] = XOR(FOLD(lanes[i], STEP_DISTANCE), LOAD(bytes + position + i * INGOT_WIDTH));
  }

  for (int i = 1; i < 4; i++) lanes[i] = XOR(FOLD(lanes[i - 1], WIDTH_DISTANCE), lanes[i]);
  STORE(folded, lanes[3]);
}
