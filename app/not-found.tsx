import Link from "next/link";
import { Door } from "../components/sign-in/door.tsx";
import { buttonClass } from "../components/ui/button.tsx";

export default function NotFound() {
  return (
    <Door title="There is no such page" lead="The address is wrong, or what it named is gone.">
      <Link href="/" className={buttonClass("primary", true)}>
        To the overview
      </Link>
    </Door>
  );
}
