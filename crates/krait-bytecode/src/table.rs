//! The instruction table: every instruction is declared here once.
//!
//! A line reads `"semantics" NAME (kind of a, kind of b, kind of c) words N cache N [effects]`.
//! `R` is the frame's registers, `K` the constants, `N` the names. Other crates
//! expand the same table with [`for_each_instruction!`].

/// Calls the macro `$then` with the whole table.
#[macro_export]
macro_rules! for_each_instruction {
    ($then:path) => {
        $then! {
            // ---- moves and constants
            "nothing" NOP (No, No, No) words 0 cache 0 [];
            "R[a] = R[b], which stays (it may be empty)" COPY (Dst, Peek, No) words 0 cache 0 [];
            "R[a] = R[b]; R[a+1] = R[c]; both stay" COPY2 (Dst2, Peek, Peek) words 0 cache 0 [];
            "R[a] = R[b]; R[b] = empty (b is a temporary, it may be empty)" MOVE (Dst, Src, No) words 0 cache 0 [];
            "R[a] = empty (drops what it held; also for locals)" CLEAR (Kill, No, No) words 0 cache 0 [];
            "R[a], ..., R[a+b-1] = empty" CLEAR_RANGE (KillN, Imm, No) words 0 cache 0 [];
            "R[a] = K[b|c<<16]" LOAD_CONST (Dst, ConstW, Hi) words 0 cache 0 [];
            "R[a] = int, the signed 32 bits b|c<<16" LOAD_INT (Dst, ImmW, Hi) words 0 cache 0 [];
            "R[a] = None" LOAD_NONE (Dst, No, No) words 0 cache 0 [];
            "R[a] = True" LOAD_TRUE (Dst, No, No) words 0 cache 0 [];
            "R[a] = False" LOAD_FALSE (Dst, No, No) words 0 cache 0 [];
            "R[a] = a builtin by number b, see CommonConst" LOAD_COMMON_CONST (Dst, Imm, No) words 0 cache 0 [];

            // ---- locals and cells
            "raise UnboundLocalError (NameError for a hidden local) if local R[a] is empty" CHECK_BOUND (Local, No, No) words 0 cache 0 [raises];
            "as CHECK_BOUND, then R[a] = empty" DELETE_LOCAL (Local, No, No) words 0 cache 0 [raises];
            "R[a] = new cell holding R[b], which is emptied; an empty cell when b is NO_REG" MAKE_CELL (Local, LocalOpt, No) words 0 cache 0 [];
            "R[a], ..., R[a+b-1] = the cells of the running function's closure" COPY_FREE_VARS (Local, Imm, No) words 0 cache 0 [];
            "R[a] = content of cell R[b]; if it is empty UnboundLocalError (own cell) or NameError (free variable)" LOAD_DEREF (Dst, Local, No) words 0 cache 0 [raises];
            "content of cell R[a] = R[b]" STORE_DEREF (Local, Src, No) words 0 cache 0 [];
            "content of cell R[a] = empty; raises as LOAD_DEREF if it was" DELETE_DEREF (Local, No, No) words 0 cache 0 [raises];
            "R[a] = R[b][name of cell R[c]] if that mapping has it, else content of cell R[c] as LOAD_DEREF" LOAD_FROM_DICT_OR_DEREF (Dst, Src, Local) words 0 cache 0 [raises];

            // ---- names and globals
            "R[a] = N[b|c<<16] looked up in locals mapping, globals, builtins" LOAD_NAME (Dst, NameW, Hi) words 0 cache 2 [raises];
            "locals mapping[N[b|c<<16]] = R[a]" STORE_NAME (Src, NameW, Hi) words 0 cache 1 [raises];
            "del locals mapping[N[b|c<<16]]" DELETE_NAME (No, NameW, Hi) words 0 cache 0 [raises];
            "R[a] = N[b|c<<16] looked up in globals, builtins" LOAD_GLOBAL (Dst, NameW, Hi) words 0 cache 2 [raises];
            "globals[N[b|c<<16]] = R[a]" STORE_GLOBAL (Src, NameW, Hi) words 0 cache 1 [raises];
            "del globals[N[b|c<<16]]" DELETE_GLOBAL (No, NameW, Hi) words 0 cache 0 [raises];
            "R[a] = the frame's locals mapping" LOAD_LOCALS (Dst, No, No) words 0 cache 0 [raises];
            "R[a] = R[b][name] if that mapping has it, else as LOAD_GLOBAL; name = N[c|(flag&0x7f)<<16]" LOAD_FROM_DICT_OR_GLOBALS (Dst, Src, NameF) words 0 cache 0 [raises];
            "R[a] = builtins.__build_class__" LOAD_BUILD_CLASS (Dst, No, No) words 0 cache 0 [raises];
            "locals mapping['__annotations__'] = {} unless it is there" SETUP_ANNOTATIONS (No, No, No) words 0 cache 0 [raises];

            // ---- attributes; name = N[c|(flag&0x7f)<<16]
            "R[a] = R[b].name" LOAD_ATTR (Dst, Src, NameF) words 0 cache 3 [raises];
            "R[a].name = R[b]" STORE_ATTR (Src, Src, NameF) words 0 cache 3 [raises];
            "del R[a].name" DELETE_ATTR (Src, No, NameF) words 0 cache 0 [raises];
            "R[a], R[a+1] = unbound function, R[b]; or R[b].name, empty" LOAD_METHOD (Dst2, Src, NameF) words 0 cache 3 [raises];
            "R[a] = super(R[b+1], R[b+2]).name where R[b] is the global super; flag&0x80: the arguments were written out" LOAD_SUPER_ATTR (Dst, Src3, NameF) words 0 cache 1 [raises];
            "as LOAD_SUPER_ATTR, writing R[a], R[a+1] as LOAD_METHOD does" LOAD_SUPER_METHOD (Dst2, Src3, NameF) words 0 cache 1 [raises];
            "R[a], R[a+1] = special method number c of type(R[b]) as LOAD_METHOD does, see Special; R[b] stays" LOAD_SPECIAL (Dst2, Peek, Imm) words 0 cache 1 [raises];

            // ---- subscripts
            "R[a] = R[b][R[c]]" LOAD_SUBSCR (Dst, Src, Src) words 0 cache 1 [raises];
            "R[a] = R[b][signed c]" LOAD_SUBSCR_IMM (Dst, Src, SImm) words 0 cache 1 [raises];
            "R[a] = R[b][K[c]]" LOAD_SUBSCR_CONST (Dst, Src, Const) words 0 cache 1 [raises];
            "R[a][R[b]] = R[c]" STORE_SUBSCR (Src, Src, Src) words 0 cache 1 [raises];
            "R[a][signed b] = R[c]" STORE_SUBSCR_IMM (Src, SImm, Src) words 0 cache 1 [raises];
            "R[a][K[b]] = R[c]" STORE_SUBSCR_CONST (Src, Const, Src) words 0 cache 1 [raises];
            "del R[a][R[b]]" DELETE_SUBSCR (Src, Src, No) words 0 cache 0 [raises];
            "R[a] = R[b][R[c]:R[c+1]]" LOAD_SLICE (Dst, Src, Src2) words 0 cache 0 [raises];
            "R[a][R[b]:R[b+1]] = R[c]" STORE_SLICE (Src, Src2, Src) words 0 cache 0 [raises];
            "R[a] = slice(R[b], R[b+1], R[b+2])" BUILD_SLICE (Dst, Src3, No) words 0 cache 0 [raises];

            // ---- arithmetic; flag&1: in place (+=); flag bits 2..7 are the interpreter's
            "R[a] = R[b] + R[c]" ADD (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] - R[c]" SUB (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] * R[c]" MUL (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] / R[c]" TRUEDIV (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] // R[c]" FLOORDIV (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] % R[c]" MOD (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] ** R[c]" POW (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] @ R[c]" MATMUL (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] << R[c]" LSHIFT (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] >> R[c]" RSHIFT (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] & R[c]" AND (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] | R[c]" OR (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] ^ R[c]" XOR (Dst, Src, Src) words 0 cache 0 [raises];
            // with a small integer; flag&2: the operands are swapped (signed c + R[b]), only in
            // ADD_IMM, MUL_IMM, AND_IMM, OR_IMM, XOR_IMM
            "R[a] = R[b] + signed c" ADD_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] - signed c" SUB_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = signed c - R[b]" RSUB_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] * signed c" MUL_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] / signed c" TRUEDIV_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] // signed c" FLOORDIV_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] % signed c" MOD_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] ** signed c" POW_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] << signed c" LSHIFT_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] >> signed c" RSHIFT_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] & signed c" AND_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] | signed c" OR_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] ^ signed c" XOR_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            // with a constant (floats mostly); flag&2: the operands are swapped
            "R[a] = R[b] + K[c]" ADD_CONST (Dst, Src, Const) words 0 cache 0 [raises];
            "R[a] = R[b] - K[c]" SUB_CONST (Dst, Src, Const) words 0 cache 0 [raises];
            "R[a] = R[b] * K[c]" MUL_CONST (Dst, Src, Const) words 0 cache 0 [raises];
            "R[a] = R[b] / K[c]" TRUEDIV_CONST (Dst, Src, Const) words 0 cache 0 [raises];
            "R[a] = R[b] % K[c]" MOD_CONST (Dst, Src, Const) words 0 cache 0 [raises];
            "R[a] = -R[b]" NEG (Dst, Src, No) words 0 cache 0 [raises];
            "R[a] = +R[b]" POS (Dst, Src, No) words 0 cache 0 [raises];
            "R[a] = ~R[b]" INVERT (Dst, Src, No) words 0 cache 0 [raises];
            "R[a] = not R[b]" NOT (Dst, Src, No) words 0 cache 0 [raises];
            "R[a] = bool(R[b])" TO_BOOL (Dst, Src, No) words 0 cache 0 [raises];

            // ---- comparisons as values. With an immediate, flag&4: the source has the operands the
            // other way round (`0 < x` is `x > 0`), which only the slow path needs to know
            "R[a] = R[b] == R[c]" EQ (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] != R[c]" NE (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] < R[c]" LT (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] <= R[c]" LE (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] > R[c]" GT (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] >= R[c]" GE (Dst, Src, Src) words 0 cache 0 [raises];
            "R[a] = R[b] == signed c" EQ_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] != signed c" NE_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] < signed c" LT_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] <= signed c" LE_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] > signed c" GT_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] >= signed c" GE_IMM (Dst, Src, SImm) words 0 cache 0 [raises];
            "R[a] = R[b] is R[c]; flag&1: is not" IS (Dst, Src, Src) words 0 cache 0 [];
            "R[a] = R[b] is None; flag&1: is not" IS_NONE (Dst, Src, No) words 0 cache 0 [];
            "R[a] = R[b] in R[c]; flag&1: not in" CONTAINS (Dst, Src, Src) words 0 cache 0 [raises];

            // ---- jumps. A target is: index of the jump's own word + 1 + offset.
            // Conditional: flag&1 is the truth on which to jump, flag&2: a loop's back edge (poll)
            "jump b|c<<16" JUMP (No, JumpW, Hi) words 0 cache 0 [jumps ends];
            "jump b|c<<16, a loop's back edge: poll signals, other threads, the hot counter" JUMP_BACK (No, JumpW, Hi) words 0 cache 1 [raises jumps ends];
            "jump b|c<<16 if R[a] is true" JUMP_IF_TRUE (Src, JumpW, Hi) words 0 cache 0 [raises jumps];
            "jump b|c<<16 if R[a] is false" JUMP_IF_FALSE (Src, JumpW, Hi) words 0 cache 0 [raises jumps];
            "jump b|c<<16 if R[a] is None" JUMP_IF_NONE (Src, JumpW, Hi) words 0 cache 0 [raises jumps];
            "jump b|c<<16 if R[a] is not None" JUMP_IF_NOT_NONE (Src, JumpW, Hi) words 0 cache 0 [raises jumps];
            "if R[b] is true: R[a] = R[b], jump c; else drop R[b] if it is a temporary" JUMP_IF_TRUE_SET (DstJump, Src, Jump) words 0 cache 0 [raises jumps];
            "if R[b] is false: R[a] = R[b], jump c; else drop R[b] if it is a temporary" JUMP_IF_FALSE_SET (DstJump, Src, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] == R[b]) is flag&1" JUMP_IF_EQ (Src, Src, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] != R[b]) is flag&1" JUMP_IF_NE (Src, Src, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] < R[b]) is flag&1" JUMP_IF_LT (Src, Src, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] <= R[b]) is flag&1" JUMP_IF_LE (Src, Src, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] > R[b]) is flag&1" JUMP_IF_GT (Src, Src, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] >= R[b]) is flag&1" JUMP_IF_GE (Src, Src, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] == signed b) is flag&1" JUMP_IF_EQ_IMM (Src, SImm, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] != signed b) is flag&1" JUMP_IF_NE_IMM (Src, SImm, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] < signed b) is flag&1" JUMP_IF_LT_IMM (Src, SImm, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] <= signed b) is flag&1" JUMP_IF_LE_IMM (Src, SImm, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] > signed b) is flag&1" JUMP_IF_GT_IMM (Src, SImm, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] >= signed b) is flag&1" JUMP_IF_GE_IMM (Src, SImm, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] == K[b]) is flag&1" JUMP_IF_EQ_CONST (Src, Const, Jump) words 0 cache 0 [raises jumps];
            "jump c if bool(R[a] != K[b]) is flag&1" JUMP_IF_NE_CONST (Src, Const, Jump) words 0 cache 0 [raises jumps];
            "jump c if (R[a] is R[b]) is flag&1" JUMP_IF_IS (Src, Src, Jump) words 0 cache 0 [raises jumps];
            "jump c if (R[a] in R[b]) is flag&1" JUMP_IF_CONTAINS (Src, Src, Jump) words 0 cache 0 [raises jumps];

            // ---- iteration
            "R[a] = iter(R[b])" GET_ITER (Dst, Src, No) words 0 cache 0 [raises];
            "if iterator R[b] has a next item: R[a] = item, jump c (a back edge: poll); else R[b] = empty" FOR_ITER (DstJump, Iter, Jump) words 0 cache 1 [raises jumps];
            "as FOR_ITER, but unpacks the item into exactly R[a] and R[low 16 bits of word 0]" FOR_ITER_PAIR (DstJump, Iter, Jump) words 1 cache 1 [raises jumps];
            "R[a], ..., R[a+c-1] = the c items of iterable R[b]" UNPACK_SEQUENCE (DstN, Src, Imm) words 0 cache 0 [raises];
            "R[a], R[b] = the two items of iterable R[c]" UNPACK_PAIR (Dst, Dst, Src) words 0 cache 0 [raises];
            "R[a], ... = flag first items of R[b], list of the middle, c last items" UNPACK_EX (DstEx, Src, Imm) words 0 cache 0 [raises];

            // ---- building
            "R[a] = (R[b], ..., R[b+c-1])" BUILD_TUPLE (Dst, SrcN, Imm) words 0 cache 0 [raises];
            "R[a] = [R[b], ..., R[b+c-1]]" BUILD_LIST (Dst, SrcN, Imm) words 0 cache 0 [raises];
            "R[a] = {R[b], ..., R[b+c-1]}, added left to right" BUILD_SET (Dst, SrcN, Imm) words 0 cache 0 [raises];
            "R[a] = {R[b]: R[b+1], ...}, c pairs" BUILD_MAP (Dst, SrcN2, Imm) words 0 cache 0 [raises];
            "R[a] = dict(zip(K[c], (R[b], ...))), as many as the tuple K[c] has" BUILD_CONST_KEY_MAP (Dst, SrcKeys, Const) words 0 cache 0 [raises];
            "R[a] = list(K[b|c<<16]), a tuple" LIST_FROM_CONST (Dst, ConstW, Hi) words 0 cache 0 [raises];
            "R[a] = ''.join of R[b], ..., R[b+c-1], all exact str" BUILD_STRING (Dst, SrcN, Imm) words 0 cache 0 [raises];
            "R[a].append(R[b])" LIST_APPEND (Peek, Src, No) words 0 cache 0 [raises];
            "R[a].add(R[b])" SET_ADD (Peek, Src, No) words 0 cache 0 [raises];
            "R[a][R[b]] = R[c], exact dict R[a]" MAP_ADD (Peek, Src, Src) words 0 cache 0 [raises];
            "R[a].extend(R[b]); the TypeError reads 'Value after * must be an iterable, not X'" LIST_EXTEND (Peek, Src, No) words 0 cache 0 [raises];
            "R[a].update(R[b]), a set" SET_UPDATE (Peek, Src, No) words 0 cache 0 [raises];
            "R[a].update(R[b]), a dict; the TypeError reads 'X object is not a mapping'" DICT_UPDATE (Peek, Src, No) words 0 cache 0 [raises];
            "as DICT_UPDATE for ** arguments of callable R[c], which stays: a double key is a TypeError" DICT_MERGE (Peek, Src, Peek) words 0 cache 0 [raises];
            "R[a] = tuple(list R[b])" LIST_TO_TUPLE (Dst, Src, No) words 0 cache 0 [raises];
            "R[a] = format(conversion(R[b]), R[c]), an exact str; no spec when c is NO_REG; flag: Conversion" FORMAT (Dst, Src, SrcOpt) words 0 cache 0 [raises];
            "R[a] = Interpolation(R[b], R[b+1], conversion, R[b+2]) (no R[b+2] unless flag&4); flag&3: Conversion" BUILD_INTERPOLATION (Dst, SrcInterp, No) words 0 cache 0 [raises];
            "R[a] = Template from strings tuple R[b] and interpolations tuple R[c]" BUILD_TEMPLATE (Dst, Src, Src) words 0 cache 0 [raises];

            // ---- calls; flag&1: the result is dropped at once and R[a] not written
            "R[a] = R[b](R[b+1], ..., R[b+c])" CALL (CallDst, CallArgs, Imm) words 0 cache 3 [raises];
            "R[a] = R[b](R[b+1] unless it is empty, R[b+2], ..., R[b+1+c])" CALL_METHOD (CallDst, MethodArgs, Imm) words 0 cache 3 [raises];
            "as CALL; the last of the c arguments are named by the tuple K[low 32 bits of word 0]" CALL_KW (CallDst, CallArgs, Imm) words 1 cache 3 [raises];
            "as CALL_METHOD; the last of the c arguments are named by the tuple K[low 32 bits of word 0]" CALL_METHOD_KW (CallDst, MethodArgs, Imm) words 1 cache 3 [raises];
            "R[a] = R[b](*R[b+1], **R[b+2]); no R[b+2] unless flag&2. R[b+1] is any iterable, R[b+2] any mapping" CALL_EX (CallDst, ExArgs, No) words 0 cache 1 [raises];
            "R[a] = intrinsic number c on its arguments R[b], ..., see Intrinsic" CALL_INTRINSIC (Dst, IntrinsicArgs, Imm) words 0 cache 0 [raises];
            "R[a] = function of code K[b] (code R[b] if flag&0x80) with the extras R[c], ... that flag asks for, see MakeFunction" MAKE_FUNCTION (Dst, FnCode, FnExtras) words 0 cache 0 [raises];
            "return R[a]" RETURN (Src, No, No) words 0 cache 0 [ends];
            "return K[b|c<<16]" RETURN_CONST (No, ConstW, Hi) words 0 cache 0 [ends];
            "sys.displayhook(R[a])" PRINT_EXPR (Src, No, No) words 0 cache 0 [raises];

            // ---- exceptions
            "raise R[a] from R[b]; b NO_REG: without from; a NO_REG: raise the handled exception again" RAISE (SrcOpt, SrcOpt, No) words 0 cache 0 [raises ends];
            "raise exception R[a] again, its traceback unchanged; unless b is NO_REG the frame's pc becomes int R[b]" RERAISE (Src, SrcOpt, No) words 0 cache 0 [raises ends];
            "R[a] = the handled exception or None; the handled exception = R[b], which stays" PUSH_EXC_INFO (Dst, Peek, No) words 0 cache 0 [];
            "the handled exception = R[a] (None: none)" POP_EXCEPT (Src, No, No) words 0 cache 0 [];
            "jump c unless exception R[a], which stays, matches R[b] (class or tuple of classes; else TypeError)" JUMP_IF_NOT_EXC_MATCH (Peek, Src, Jump) words 0 cache 0 [raises jumps];
            "split exception R[b] by R[c]: R[a] = matching group or None, R[b] = rest or None; a match becomes the handled exception" CHECK_EG_MATCH (Dst, Peek, Src) words 0 cache 0 [raises];
            "R[a], R[a+1], R[a+2] = type, R[b], traceback of exception R[b], which stays" LOAD_EXC_TRIPLE (Dst3, Peek, No) words 0 cache 0 [];

            // ---- generators, coroutines
            "make the generator, coroutine or async generator of this frame and return it; first resumption goes on behind" RETURN_GENERATOR (No, No, No) words 0 cache 0 [raises];
            "yield R[b]; when resumed R[a] = the sent value; flag&1: wrap for an async generator" YIELD (Dst, Src, No) words 0 cache 0 [raises];
            "R[a] = iterator for yield from R[b]" GET_YIELD_FROM_ITER (Dst, Src, No) words 0 cache 0 [raises];
            "R[a] = awaitable iterator of R[b]; flag: 0 await, 1 __aenter__, 2 __aexit__ (error text)" GET_AWAITABLE (Dst, Src, No) words 0 cache 0 [raises];
            "send R[a] to R[b]; yields what that yields, and when resumed starts again with R[a] = the sent value; at its end R[a] = result, R[b] = empty; flag&1: await" SEND (InOut, Src, No) words 0 cache 0 [raises];
            "R[a] = R[b].__aiter__(), checked" GET_AITER (Dst, Src, No) words 0 cache 0 [raises];
            "R[a] = awaitable iterator of R[b].__anext__(); R[b] stays" GET_ANEXT (Dst, Peek, No) words 0 cache 0 [raises];
            "if exception R[a] is StopAsyncIteration drop R[a] and R[b], else raise R[a] again" END_ASYNC_FOR (Src, Src, No) words 0 cache 0 [raises];

            // ---- import; name = N[c|(flag&0x7f)<<16]
            "R[a] = import name, level R[b], from list R[b+1]" IMPORT_NAME (Dst, Src2, NameF) words 0 cache 0 [raises];
            "R[a] = from module R[b], which stays, import name" IMPORT_FROM (Dst, Peek, NameF) words 0 cache 0 [raises];
            "from module R[a] import *" IMPORT_STAR (Src, No, No) words 0 cache 0 [raises];

            // ---- match
            "R[a] = attributes tuple or None: subject R[b] against class R[b+1], c positional, names tuple R[b+2]" MATCH_CLASS (Dst, Src3, Imm) words 0 cache 0 [raises];
            "R[a] = tuple of values or None: mapping R[b] by keys tuple R[c]; both stay" MATCH_KEYS (Dst, Peek, Peek) words 0 cache 0 [raises];
            "jump b|c<<16 unless R[a], which stays, is a mapping (Py_TPFLAGS_MAPPING)" JUMP_IF_NOT_MAPPING (Peek, JumpW, Hi) words 0 cache 0 [jumps];
            "jump b|c<<16 unless R[a], which stays, is a sequence (Py_TPFLAGS_SEQUENCE)" JUMP_IF_NOT_SEQUENCE (Peek, JumpW, Hi) words 0 cache 0 [jumps];
            "R[a] = len(R[b]), which stays" GET_LEN (Dst, Peek, No) words 0 cache 0 [raises];
        }
    };
}
