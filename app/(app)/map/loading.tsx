import { Skeleton } from "../../../components/ui/skeleton.tsx";

/** Blocks of the final size; shown only when loading takes longer than 200 ms. */
export default function MapLoading() {
  return (
    <div aria-busy="true" className="flex flex-1 flex-col">
      <output className="sr-only">Loading the map</output>
      <div className="h-[45px] border-b border-line" />
      <div className="flex-1" />
      <div className="page-x border-t border-line py-3">
        <Skeleton className="h-[110px] w-full" />
      </div>
    </div>
  );
}
